import * as z from "zod";
import { faultsAsText, faultsOf } from "#contract/faults.ts";

/** What the stack tells every function, as environment variables. Everything else follows from names. */
export const Environment = z.object({
  /** `muster-<environment>`: the beginning of every name. */
  DEPLOYMENT: z.string().min(1),
  /** `https://sqs.<region>.amazonaws.com/<account>`, without a slash at its end. */
  QUEUE_URL_BASE: z.url(),
  EVIDENCE_BUCKET: z.string().min(1),
  PUBLISHED_BUCKET: z.string().min(1),
});
export type Environment = z.infer<typeof Environment>;

/** The environment of this process; throws, naming every variable that is missing or wrong. */
export function readEnvironment(variables: Readonly<Record<string, string | undefined>>): Environment {
  return readVariables(variables, Environment);
}

/** The same for a function that is told more. */
export function readVariables<T>(variables: Readonly<Record<string, string | undefined>>, schema: z.ZodType<T>): T {
  const parsed = schema.safeParse(variables);
  if (!parsed.success) throw new Error(`environment: ${faultsAsText(faultsOf(parsed.error))}`);
  return parsed.data;
}
