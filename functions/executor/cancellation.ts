import { ScanError } from "#contract/errors.ts";
import { cancelledKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { Task } from "#contract/task.ts";

/** Most scans are over before the first look; one of an hour costs 180 reads. */
const lookEveryMs = 20_000;

/** Throws `cancelled` when somebody has cancelled the task's scan. */
export async function refuseCancelled(objects: ObjectStore, { scanId }: Task): Promise<void> {
  if ((await objects.read(cancelledKey(scanId))) !== undefined) {
    throw new ScanError("cancelled", `scan ${scanId} was cancelled`);
  }
}

/** Goes on looking while the task runs, and calls `stop` once. The returned function ends that. */
export function watchCancelled(
  objects: ObjectStore,
  task: Task,
  stop: (error: ScanError) => void,
  everyMs = lookEveryMs,
): () => void {
  const timer = setInterval(() => {
    refuseCancelled(objects, task).catch((error: unknown) => {
      if (error instanceof ScanError && error.code === "cancelled") stop(error); // a look that failed tells nothing
    });
  }, everyMs);
  return () => clearInterval(timer);
}
