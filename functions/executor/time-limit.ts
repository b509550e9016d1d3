import { ScanError } from "#contract/errors.ts";
import type { Task } from "#contract/task.ts";

/** In a function, which has 15 minutes. A worker is there for what takes longer: it gives all the time that it has. */
const defaultDeadlineMinutes = 12;
const longestFunctionMs = 15 * 60_000;
/** Kept back from the invocation for ending the auditor, the report, hints and the outcome. */
const reserveMs = 30_000;

export interface TimeLimit {
  readonly deadlineMs: number;
  /** Aborts with `deadline` when the time is up, or with what `stop` was given. */
  readonly signal: AbortSignal;
  stop(error: ScanError): void;
  release(): void;
}

/** The task's own deadline, or what the invocation leaves when that is less. `outer` ends the task as well. */
export function timeLimit(task: Task, leftMs: number, outer?: AbortSignal): TimeLimit {
  const usual = leftMs > longestFunctionMs ? Number.POSITIVE_INFINITY : defaultDeadlineMinutes;
  const minutes = task.options.deadlineMinutes ?? usual;
  const deadlineMs = Math.max(1000, Math.min(minutes * 60_000, leftMs - reserveMs));
  const over = new AbortController();
  const text = `not done after ${Math.round(deadlineMs / 1000)} s`;
  const timer = setTimeout(() => over.abort(new ScanError("deadline", text)), deadlineMs);
  return {
    deadlineMs,
    signal: outer === undefined ? over.signal : AbortSignal.any([over.signal, outer]),
    stop: (error) => over.abort(error),
    release: () => clearTimeout(timer),
  };
}
