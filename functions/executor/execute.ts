import { asScanError, ScanError } from "#contract/errors.ts";
import { faultsAsText, faultsOf } from "#contract/faults.ts";
import { cancelledKey } from "#contract/keys.ts";
import { Task } from "#contract/task.ts";
import { checkCompletion } from "#ledger/completion.ts";
import { endExpand, hasOutcome, unscanned, writeOutcome } from "#ledger/outcomes.ts";
import { type ExpandPorts, expand } from "./expand.ts";
import { type ScanPorts, scan } from "./scan.ts";

export type ExecutePorts = ExpandPorts & ScanPorts;

/** How much time and how many tries a task has. */
export interface Allowance {
  /** Milliseconds until this invocation must be over. */
  readonly leftMs: number;
  /** True when a failure now is the task's last: it then ends as an outcome, even if another try might help. */
  readonly lastTry: boolean;
}

const defaultDeadlineMinutes = 12;
/** Kept back from the deadline for report and outcome. */
const reserveMs = 20_000;

/**
 * Carries out one task to its outcome. What will not be better next time becomes an outcome now; what may be is thrown,
 * and the queue brings the task back. A task that has its outcome already is only checked for completion.
 */
export async function execute(task: Task, ports: ExecutePorts, allowance: Allowance): Promise<void> {
  if (await hasOutcome(ports.evidence, task)) {
    await checkCompletion(ports.evidence, task.scanId, ports.now);
    return;
  }
  const { deadline, deadlineMs, signal } = deadlineOf(task, allowance);
  try {
    await refuseCancelled(task, ports);
    if (task.kind === "expand") await expand(task, ports, signal);
    else await writeOutcome(ports.evidence, await scan(task, ports, deadlineMs, signal), ports.now);
  } catch (thrown) {
    const error = asScanError(thrown);
    if (error.retryable && !allowance.lastTry) throw error;
    if (task.kind === "expand") await endExpand(ports.evidence, task, error, ports.now);
    else await writeOutcome(ports.evidence, unscanned(task, error, ports.now), ports.now);
  } finally {
    clearTimeout(deadline);
  }
}

/** A task out of a message's body; what breaks the schema can never be carried out and is `bad-request`. */
export function readTask(body: string): Task {
  let value: unknown;
  try {
    value = JSON.parse(body);
  } catch (error) {
    throw new ScanError("bad-request", "the task is not JSON", { cause: error });
  }
  const parsed = Task.safeParse(value);
  if (!parsed.success) throw new ScanError("bad-request", `the task is wrong: ${faultsAsText(faultsOf(parsed.error))}`);
  return parsed.data;
}

function deadlineOf(task: Task, allowance: Allowance) {
  const minutes = task.options.deadlineMinutes ?? defaultDeadlineMinutes;
  const deadlineMs = Math.max(1000, Math.min(minutes * 60_000, allowance.leftMs - reserveMs));
  const stop = new AbortController();
  const text = `not done after ${Math.round(deadlineMs / 1000)} s`;
  const deadline = setTimeout(() => stop.abort(new ScanError("deadline", text)), deadlineMs);
  return { deadline, deadlineMs, signal: stop.signal };
}

async function refuseCancelled(task: Task, ports: ExecutePorts): Promise<void> {
  if ((await ports.evidence.read(cancelledKey(task.scanId))) !== undefined) {
    throw new ScanError("cancelled", `scan ${task.scanId} was cancelled`);
  }
}
