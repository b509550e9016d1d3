import * as z from "zod";
import { Environment, readVariables } from "#aws/environment.ts";

const ExecutorEnvironment = Environment.extend({
  /** How often a task is received before it goes to the dead letters: the stack's own figure. */
  MOST_RECEIVES: z.coerce.number("must be a whole number above 0").int().min(1),
  /** ARN of the deployment's KMS key: it signs reports, and what it signed is trusted. */
  SIGNING_KEY: z.string().min(1),
  /** Further public keys whose signatures count; see `readTrustedKeys`. */
  TRUSTED_KEYS: z.string().optional(),
});
export type ExecutorEnvironment = z.infer<typeof ExecutorEnvironment>;

const WorkerEnvironment = ExecutorEnvironment.extend({
  /** The task queue that is worked. */
  TASK_QUEUE_URL: z.url("must be the URL of a queue"),
  /** Tasks at once. */
  CONCURRENCY: z.coerce.number("must be a whole number above 0").int().min(1).default(2),
});

type Variables = Readonly<Record<string, string | undefined>>;

/** What the stack tells the executor, as environment variables. Throws, naming every variable that is missing or wrong. */
export function executorEnvironment(variables: Variables): ExecutorEnvironment {
  return readVariables(variables, ExecutorEnvironment);
}

/** The same off Lambda, with what the function's event source tells there. */
export function workerEnvironment(variables: Variables): z.infer<typeof WorkerEnvironment> {
  return readVariables(variables, WorkerEnvironment);
}
