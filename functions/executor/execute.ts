import { asScanError, ScanError } from "#contract/errors.ts";
import { faultsAsText, faultsOf } from "#contract/faults.ts";
import { shardOf } from "#contract/keys.ts";
import type { Outcome } from "#contract/outcome.ts";
import { Task } from "#contract/task.ts";
import { checkCompletion } from "#ledger/completion.ts";
import { endExpand, hasOutcome, writeOutcome } from "#ledger/outcomes.ts";
import { beginTry, giveUpTry, isFirstTry, readTries, type Tries } from "#ledger/tries.ts";
import { unscanned } from "#ledger/unscanned.ts";
import { refuseCancelled, watchCancelled } from "./cancellation.ts";
import { waitSeconds } from "./come-back.ts";
import type { Doctor } from "./doctor.ts";
import { examined } from "./examined.ts";
import { type ExpandPorts, expand } from "./expand.ts";
import { nextStep, type Try } from "./next-step.ts";
import { type ScanPorts, scan } from "./scan.ts";
import { queueFor } from "./task-queue.ts";
import { type TimeLimit, timeLimit } from "./time-limit.ts";

export interface ExecutePorts extends ExpandPorts, ScanPorts {
  /** Default: the scan itself. */
  readonly scan?: typeof scan;
  /** Walks the way of what failed there. Default: nobody does. */
  readonly doctor?: Doctor;
  /** Told of each outcome of a scan task that was written here and by nobody before. */
  readonly onOutcome?: (cluster: string, outcome: Outcome) => void;
}

/** How much time and how many tries a task has. */
export interface Allowance extends Try {
  /** Milliseconds until this invocation must be over. */
  readonly leftMs: number;
  /** Aborts when the task is nobody's business here any more: another one has received it. */
  readonly signal?: AbortSignal;
}

const mostCrashes = 3;

/**
 * Carries out one task to its outcome. What will not be better next time becomes an outcome now; what may be is thrown,
 * and the queue brings the task back, or it is sent anew, see `nextStep`. A task that has its outcome already is only
 * checked for completion.
 */
export async function execute(task: Task, ports: ExecutePorts, allowance: Allowance): Promise<"done" | "sent-anew"> {
  let tries: Tries = { crashed: 0, late: 0 };
  const limit = timeLimit(task, allowance.leftMs, allowance.signal);
  try {
    if (!isFirstTry(task, allowance.receive)) {
      if (await isOver(task, ports)) return "done";
      tries = await readTries(ports.evidence, task);
      if (tries.crashed >= mostCrashes) throw tooManyCrashes(tries.crashed);
      await beginTry(ports.evidence, task, allowance.receive);
    }
    await carryOut(task, ports, limit);
    return "done";
  } catch (thrown) {
    if (allowance.signal?.aborted) throw thrown; // whoever has the task now will end it
    const error = await examined(asScanError(thrown), task, ports.doctor);
    const step = nextStep(error, task, allowance, tries.late);
    if (step === "never") {
      await end(task, ports, error);
      return "done";
    }
    if (step === "anew") await sendAnew(task, ports, waitSeconds(task, allowance.receive, error));
    await giveUpTry(ports.evidence, task, allowance.receive, error).catch(() => undefined); // may count as a crash then
    if (step === "anew") return "sent-anew";
    throw error;
  } finally {
    limit.release();
  }
}

/** An earlier try may have written the outcome and died before it looked whether it was the last. */
async function isOver(task: Task, { evidence, now }: ExecutePorts): Promise<boolean> {
  if (!(await hasOutcome(evidence, task))) return false;
  await checkCompletion(evidence, task.scanId, now, task.kind === "scan" ? shardOf(task.taskId) : undefined);
  return true;
}

async function carryOut(task: Task, ports: ExecutePorts, { deadlineMs, signal, stop }: TimeLimit): Promise<void> {
  await refuseCancelled(ports.evidence, task);
  const release = watchCancelled(ports.evidence, task, stop);
  try {
    if (task.kind === "expand") return await expand(task, ports, signal);
    const outcome = await (ports.scan ?? scan)(task, ports, deadlineMs, signal);
    if (await writeOutcome(ports.evidence, outcome, ports.now)) ports.onOutcome?.(task.target.cluster, outcome);
  } finally {
    release();
  }
}

async function end(task: Task, { evidence, now, onOutcome }: ExecutePorts, error: ScanError): Promise<void> {
  if (task.kind === "expand") return await endExpand(evidence, task, error, now);
  const outcome = unscanned(task, error, now);
  if (await writeOutcome(evidence, outcome, now)) onOutcome?.(task.target.cluster, outcome);
}

async function sendAnew(task: Task, ports: ExecutePorts, delaySeconds: number): Promise<void> {
  const body = JSON.stringify({ ...task, hop: task.hop + 1 });
  await queueFor(task, ports).send([{ body, group: task.scanId, delaySeconds }]);
}

function tooManyCrashes(crashed: number): ScanError {
  const text = `the executor died ${crashed} times while it carried out this task; it may have run out of memory`;
  return new ScanError("retries-exhausted", text);
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
