import { ScanError } from "#contract/errors.ts";
import {
  completeKey,
  expectedKey,
  outcomeKey,
  planKey,
  shardKey,
  shardOf,
  shardPrefix,
  shardsPrefix,
} from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Outcome } from "#contract/outcome.ts";
import { Complete, Expected, Plan, Shard, type Tally } from "#contract/run.ts";
import { createDocument, readDocument } from "./documents.ts";

/**
 * Looks whether the scan is complete, and says so once. Called by every finisher after its own write: S3 lists what was
 * written before, so the last of them sees all. Without `shards` every shard is looked at. Gives true when
 * `complete.json` stands.
 */
export async function checkCompletion(
  objects: ObjectStore,
  scanId: string,
  now: () => Date,
  shards?: readonly string[],
): Promise<boolean> {
  const owed = await owedBy(objects, scanId);
  if (owed === undefined) return false;
  const byShard = Map.groupBy(owed.taskIds, shardOf);
  for (const [shard, taskIds] of byShard) {
    if (shards === undefined || shards.includes(shard)) await markShard(objects, scanId, shard, taskIds);
  }
  const marked = new Set(await objects.list(shardsPrefix(scanId)));
  const all = [...byShard.keys()].map((shard) => shardKey(scanId, shard));
  if (!all.every((key) => marked.has(key))) return false;
  const marks = await Promise.all(all.map((key) => readDocument(objects, key, Shard)));
  const complete: Complete = {
    schemaVersion: 1,
    scanId,
    requestedAt: owed.requestedAt,
    completedAt: now().toISOString(),
    targets: owed.taskIds.length,
    tally: sumTallies(marks.flatMap((mark) => (mark === undefined ? [] : [mark.tally]))),
  };
  await createDocument(objects, completeKey(scanId), Complete, complete);
  return true;
}

/** Every id that owes an outcome; undefined as long as an expand task has not said what it found. */
async function owedBy(
  objects: ObjectStore,
  scanId: string,
): Promise<{ readonly requestedAt: string; readonly taskIds: readonly string[] } | undefined> {
  const plan = await readDocument(objects, planKey(scanId), Plan);
  if (plan === undefined) return undefined;
  const taskIds = new Set<string>();
  for (const task of plan.tasks) {
    const expected = await readDocument(objects, expectedKey(scanId, task.taskId), Expected);
    if (expected === undefined) return undefined;
    for (const id of expected.taskIds) taskIds.add(id); // two entries may match one container
  }
  return { requestedAt: plan.requestedAt, taskIds: [...taskIds] };
}

async function markShard(
  objects: ObjectStore,
  scanId: string,
  shard: string,
  taskIds: readonly string[],
): Promise<void> {
  const written = new Set(await objects.list(shardPrefix(scanId, shard)));
  const keys = taskIds.map((taskId) => outcomeKey(scanId, taskId));
  if (!keys.every((key) => written.has(key))) return;
  const tally: Mutable<Tally> = { scanned: 0, unscannable: 0, failed: 0, reasons: {} };
  for (const key of keys) {
    const outcome = await readDocument(objects, key, Outcome);
    if (outcome === undefined) throw new ScanError("internal", `${key} is listed and cannot be read`);
    tally[outcome.outcome] += 1;
    if (outcome.reason !== null) tally.reasons[outcome.reason] = (tally.reasons[outcome.reason] ?? 0) + 1;
  }
  await createDocument(objects, shardKey(scanId, shard), Shard, { schemaVersion: 1, scanId, shard, tally });
}

type Mutable<T> = { -readonly [K in keyof T]: T[K] };

/** Several tallies as one. */
export function sumTallies(tallies: readonly Tally[]): Tally {
  const total: Mutable<Tally> = { scanned: 0, unscannable: 0, failed: 0, reasons: {} };
  for (const tally of tallies) {
    total.scanned += tally.scanned;
    total.unscannable += tally.unscannable;
    total.failed += tally.failed;
    for (const [reason, count] of Object.entries(tally.reasons) as [keyof Tally["reasons"], number][]) {
      total.reasons[reason] = (total.reasons[reason] ?? 0) + count;
    }
  }
  return total;
}
