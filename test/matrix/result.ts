import * as z from "zod";

/** How one row ended on one version. */
export const MatrixResult = z.strictObject({
  id: z.string(),
  version: z.string(),
  title: z.string(),
  /** Pod security level, and what the cluster allows. */
  place: z.string(),
  shown: z.string(),
  outcome: z.string(),
  /** The way of a report, or the reason why there is none. */
  end: z.string(),
  /** Controls that were passed or failed, and all of the profile; null without a report. */
  verdicts: z.strictObject({ given: z.number().int(), of: z.number().int() }).nullable(),
  /** What the report says about the way, or the outcome's message, shortened. */
  says: z.string(),
});
export type MatrixResult = z.infer<typeof MatrixResult>;

/** What `npm run matrix -- --json` prints and `--save` keeps. */
export const MatrixDocument = z.strictObject({
  profile: z.string(),
  date: z.string(),
  rows: z.array(MatrixResult),
});
export type MatrixDocument = z.infer<typeof MatrixDocument>;

/** The name of a row on a version, as tests and `--only` have it. */
export const resultId = ({ id, version }: Pick<MatrixResult, "id" | "version">) => `${id}@${version}`;

/** Where the results of the last whole run are kept. */
export const savedResults = new URL("../bench/results/matrix.json", import.meta.url);
