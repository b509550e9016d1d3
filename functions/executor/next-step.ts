import type { ScanError } from "#contract/errors.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import type { Task } from "#contract/task.ts";

/** How often a task may be handed on. Four times after its first sending: docs/decisions/0023. */
const mostHops = 5;
/** Receives that are kept for sending the task anew, should that fail too. */
const spareReceives = 2;
/** A task that ran into its deadline this often, each time with better hints, will not end in time. */
const mostDeadlines = 3;

/** Trouble that says nothing about the target: with it all tasks of a cluster, or all of AWS, fail together for a while. */
const ofTheWay: ReadonlySet<ReasonCode> = new Set([
  "dns",
  "tcp",
  "proxy",
  "timeout",
  "throttled",
  "connection-lost",
  "credentials-expired",
  "internal",
]);

export interface Try {
  /** How often the queue gave this message out, this time included. */
  readonly receive: number;
  /** How often it may. */
  readonly mostReceives: number;
}

/**
 * What to do about a failed try: `again`, when the queue brings the message back; `anew`, as a message of its own whose
 * receives are counted from one, so that an outage of hours does not use them up; `never`, it ends as an outcome.
 */
export function nextStep(
  error: ScanError,
  task: Task,
  { receive, mostReceives }: Try,
  lateBefore: number,
): "again" | "anew" | "never" {
  const isLast = receive >= mostReceives;
  if (error.code === "deadline") return isLast || lateBefore + 1 >= mostDeadlines ? "never" : "again";
  if (!error.retryable) return "never";
  const isTime = mostReceives > spareReceives && receive >= mostReceives - spareReceives;
  if (isTime && task.hop < mostHops && ofTheWay.has(error.code)) return "anew";
  return isLast ? "never" : "again";
}
