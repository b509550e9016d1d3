import { ScanError } from "#contract/errors.ts";
import { outcomeKey, outcomesPrefix, sentKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Outcome } from "#contract/outcome.ts";
import type { Expected } from "#contract/run.ts";
import type { ExpandTask, ScanTask } from "#contract/task.ts";
import { createDocument } from "./documents.ts";
import { inSlices } from "./in-slices.ts";
import { unscanned } from "./unscanned.ts";

type Run = Pick<ExpandTask, "scanId" | "taskId">;

/** Says that every task that an expand task found lies on its queue. */
export async function markSent(objects: ObjectStore, { scanId, taskId }: Run): Promise<void> {
  await objects.create(sentKey(scanId, taskId), new Uint8Array(), { contentType: "text/plain; charset=utf-8" });
}

export async function wasSent(objects: ObjectStore, { scanId, taskId }: Run): Promise<boolean> {
  return (await objects.read(sentKey(scanId, taskId))) !== undefined;
}

/** The tasks of an expectation that have no outcome yet. */
export async function unfinished(objects: ObjectStore, { scanId, tasks }: Expected): Promise<readonly ScanTask[]> {
  const ended = new Set(await objects.list(outcomesPrefix(scanId)));
  return tasks.filter(({ taskId }) => !ended.has(outcomeKey(scanId, taskId)));
}

/** Gives every named pod that was not there its outcome, where it has none. The caller looks for completion. */
export async function endMissing(
  objects: ObjectStore,
  task: ExpandTask,
  { scanId, missing = [] }: Expected,
  now: () => Date,
  signal?: AbortSignal,
): Promise<void> {
  if (missing.length === 0) return;
  const { cluster, namespaces: [namespace = ""] = [] } = task.entry;
  const ended = new Set(await objects.list(outcomesPrefix(scanId)));
  const open = missing.filter(({ taskId }) => !ended.has(outcomeKey(scanId, taskId)));
  const outcomes = open.map(({ taskId, pod }): Outcome => {
    const text = `there is no pod ${pod} in namespace ${namespace} of ${cluster}`;
    const outcome = unscanned(task, new ScanError("nothing-matched", text), now);
    return { ...outcome, taskId, subject: `${cluster}/${namespace}/${pod}` };
  });
  await writeAll(objects, outcomes, signal);
}

/** Ends the tasks of an expectation that never reached their queue, as far as anybody knows, for the same reason. */
export async function endUnsent(
  objects: ObjectStore,
  expected: Expected,
  error: ScanError,
  now: () => Date,
): Promise<void> {
  const open = await unfinished(objects, expected);
  await writeAll(
    objects,
    open.map((task) => unscanned(task, error, now)),
  );
}

const atOnce = 32;

async function writeAll(objects: ObjectStore, outcomes: readonly Outcome[], signal?: AbortSignal): Promise<void> {
  await inSlices(outcomes, atOnce, (outcome) => {
    signal?.throwIfAborted();
    return createDocument(objects, outcomeKey(outcome.scanId, outcome.taskId), Outcome, outcome);
  });
}
