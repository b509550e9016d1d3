import * as z from "zod";

/** Inputs/1: values for a profile's inputs, by name. */
export const Inputs = z.record(z.string().min(1), z.unknown(), "must be a map of input names to values");

/** YAML knows dates; JSON has them as text. */
const Day = z.union(
  [z.date(), z.string().refine((text) => !Number.isNaN(Date.parse(text)), "must be a date such as 2027-03-31")],
  "must be a date such as 2027-03-31",
);

/** Waivers/1: what the auditor's waiver file holds, by control id (InSpec, "Waivers"). */
export const Waivers = z.record(
  z.string().min(1),
  z.strictObject(
    {
      justification: z.string("must say why").trim().min(1, "must say why"),
      run: z.union([z.boolean(), z.enum(["true", "false", "yes", "no"])], "must be true or false").nullish(),
      expiration_date: Day.nullish(),
    },
    "must be a map with justification, run and expiration_date",
  ),
  "must be a map of control ids to waivers",
);

const count = z.number("must be a number").int("must be a whole number").min(0, "must not be below 0");
const inOrder = ({ min, max }: { min?: number | undefined; max?: number | undefined }) =>
  min === undefined || max === undefined || min <= max;
const orderFault = { path: ["min"], message: "must not be above max" };
const nonEmpty = (value: object) => Object.keys(value).length > 0;
const emptyFault = "sets no limit";

const bounds = { min: count.optional(), max: count.optional() };
const Total = z.union([count, z.strictObject(bounds).refine(nonEmpty, emptyFault).refine(inOrder, orderFault)]);
const Bucket = z
  .strictObject({ ...bounds, controls: z.array(z.string().min(1)).optional() })
  .refine(nonEmpty, emptyFault)
  .refine(inOrder, orderFault);
const Status = z
  .strictObject({
    total: Total.optional(),
    ...{ critical: Bucket.optional(), high: Bucket.optional(), medium: Bucket.optional(), low: Bucket.optional() },
  })
  .refine(nonEmpty, emptyFault);
const percent = z.number("must be a number").min(0, "must be 0 to 100").max(100, "must be 0 to 100");

/**
 * Threshold/1: the threshold file of `saf validate threshold` (mitre/saf, types/threshold.d.ts), nested form. What that
 * tool would ignore or misread is refused: unknown keys, limits that are no numbers, a file without any limit.
 */
export const Threshold = z
  .strictObject({
    compliance: z
      .strictObject({ min: percent.optional(), max: percent.optional() })
      .refine(nonEmpty, emptyFault)
      .refine(inOrder, orderFault)
      .optional(),
    ...{ passed: Status.optional(), failed: Status.optional(), skipped: Status.optional(), error: Status.optional() },
    no_impact: z
      .strictObject({ total: Total.optional(), none: Bucket.optional() })
      .refine(nonEmpty, emptyFault)
      .optional(),
  })
  .refine(nonEmpty, "sets no limit at all");
export type Threshold = z.infer<typeof Threshold>;
