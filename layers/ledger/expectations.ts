import { ScanError } from "#contract/errors.ts";
import { outcomeKey, outcomesPrefix, sentKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Outcome } from "#contract/outcome.ts";
import type { Expected } from "#contract/run.ts";
import type { ExpandTask } from "#contract/task.ts";
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

/** Those of a scan's tasks that have no outcome yet. */
export async function unended<T extends { readonly taskId: string }>(
  objects: ObjectStore,
  scanId: string,
  all: readonly T[],
): Promise<readonly T[]> {
  if (all.length === 0) return all;
  const ended = new Set(await objects.list(outcomesPrefix(scanId)));
  return all.filter(({ taskId }) => !ended.has(outcomeKey(scanId, taskId)));
}

/** Gives every named pod that was not there its outcome, where it has none. The caller looks for completion. */
export async function endMissing(
  objects: ObjectStore,
  task: ExpandTask,
  { scanId, missing = [] }: Expected,
  now: () => Date,
  signal?: AbortSignal,
): Promise<void> {
  const { cluster, namespaces: [namespace = ""] = [] } = task.entry;
  const open = await unended(objects, scanId, missing);
  await inSlices(open, ({ taskId, pod }) => {
    signal?.throwIfAborted();
    const text = `there is no pod ${pod} in namespace ${namespace} of ${cluster}`;
    const outcome = unscanned(task, new ScanError("nothing-matched", text), now);
    return create(objects, { ...outcome, taskId, subject: `${cluster}/${namespace}/${pod}` });
  });
}

/** Ends the tasks of an expectation that never reached their queue, as far as anybody knows, for the same reason. */
export async function endUnsent(
  objects: ObjectStore,
  { scanId, tasks }: Expected,
  error: ScanError,
  now: () => Date,
): Promise<void> {
  await inSlices(await unended(objects, scanId, tasks), (task) => create(objects, unscanned(task, error, now)));
}

const create = (objects: ObjectStore, outcome: Outcome) =>
  createDocument(objects, outcomeKey(outcome.scanId, outcome.taskId), Outcome, outcome);
