import type { ScanError } from "#contract/errors.ts";
import { expectedKey, outcomeKey, outcomesPrefix, shardOf } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Outcome } from "#contract/outcome.ts";
import { Expected } from "#contract/run.ts";
import type { ExpandTask, ScanTask } from "#contract/task.ts";
import { checkCompletion } from "./completion.ts";
import { createDocument, readDocument } from "./documents.ts";
import { endMissing, endUnsent, wasSent } from "./expectations.ts";
import { inSlices } from "./in-slices.ts";
import { unscanned } from "./unscanned.ts";

/** Writes the outcome of a task, once, and looks whether it was the last. False when another attempt was first. */
export async function writeOutcome(objects: ObjectStore, outcome: Outcome, now: () => Date): Promise<boolean> {
  const key = outcomeKey(outcome.scanId, outcome.taskId);
  const { created } = await createDocument(objects, key, Outcome, outcome);
  await checkCompletion(objects, outcome.scanId, now, shardOf(outcome.taskId));
  return created;
}

/**
 * Ends an expand task that found nothing or could not look: it then owes its own outcome, and nothing else. When an
 * earlier attempt has already said what it found, that stands: what was sent ends by itself, and what may never have been
 * sent ends here, for this reason.
 */
export async function endExpand(
  objects: ObjectStore,
  task: ExpandTask,
  error: ScanError,
  now: () => Date,
): Promise<void> {
  const { scanId, taskId } = task;
  const own: Expected = { schemaVersion: 1, scanId, expandTaskId: taskId, taskIds: [taskId], tasks: [] };
  const { stored } = await createDocument(objects, expectedKey(scanId, taskId), Expected, own);
  if (stored.taskIds.includes(taskId)) await writeOutcome(objects, unscanned(task, error, now), now);
  else {
    await endMissing(objects, task, stored, now);
    if (!(await wasSent(objects, task))) await endUnsent(objects, stored, error, now);
  }
  await checkCompletion(objects, scanId, now); // other shards may have waited for this word alone
}

/** All outcomes of a scan, in the order of their subjects. */
export async function readOutcomes(objects: ObjectStore, scanId: string): Promise<readonly Outcome[]> {
  const keys = await objects.list(outcomesPrefix(scanId));
  const outcomes = await inSlices(keys, (key) => readDocument(objects, key, Outcome));
  return outcomes
    .filter((outcome) => outcome !== undefined)
    .sort((a, b) => (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0));
}

/** Whether a task has ended already. */
export async function hasOutcome(objects: ObjectStore, task: Pick<ScanTask, "scanId" | "taskId">): Promise<boolean> {
  return (await objects.read(outcomeKey(task.scanId, task.taskId))) !== undefined;
}
