import { ScanError } from "#contract/errors.ts";
import { completeKey, outcomeKey, outcomesPrefix, shardKey, shardPrefix, shardsPrefix } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Outcome } from "#contract/outcome.ts";
import { Complete, Shard, type Tally } from "#contract/run.ts";
import { createDocument, readDocument } from "./documents.ts";
import { inSlices } from "./in-slices.ts";
import { type Owed, owedBy } from "./owed.ts";

/**
 * Looks whether the scan is complete, and says so once. Called by every finisher after its own write: S3 lists what was
 * written before, so the last of them sees all. With `shard`, that of the finisher's outcome, only this one is looked at,
 * and the scan only when the shard is complete; without it all are. Gives true when `complete.json` stands.
 */
export async function checkCompletion(
  objects: ObjectStore,
  scanId: string,
  now: () => Date,
  shard?: string,
): Promise<boolean> {
  const owed = await owedBy(objects, scanId);
  if (owed === undefined) return false;
  const own = shard === undefined ? undefined : owed.byShard.get(shard);
  if (shard === undefined) await markAll(objects, scanId, owed);
  else if (own !== undefined && !(await markIfComplete(objects, scanId, shard, own))) return false;
  const marked = new Set(await objects.list(shardsPrefix(scanId)));
  const all = [...owed.byShard.keys()].map((each) => shardKey(scanId, each));
  if (!all.every((key) => marked.has(key))) return false;
  const marks = await inSlices(all, (key) => readDocument(objects, key, Shard));
  const complete: Complete = {
    schemaVersion: 1,
    scanId,
    requestedAt: owed.requestedAt,
    completedAt: now().toISOString(),
    targets: owed.count,
    tally: sumTallies(marks.flatMap((mark) => (mark === undefined ? [] : [mark.tally]))),
  };
  await createDocument(objects, completeKey(scanId), Complete, complete);
  return true;
}

const isWritten = (scanId: string, taskIds: readonly string[], written: ReadonlySet<string>) =>
  taskIds.every((taskId) => written.has(outcomeKey(scanId, taskId)));

/** Marks one shard if all that it owes is written; gives whether it is. */
async function markIfComplete(objects: ObjectStore, scanId: string, shard: string, taskIds: readonly string[]) {
  if (!isWritten(scanId, taskIds, new Set(await objects.list(shardPrefix(scanId, shard))))) return false;
  await markShard(objects, scanId, shard, taskIds);
  return true;
}

/** Marks every shard that is complete and has no mark: their finishers may have come before the last expectation. */
async function markAll(objects: ObjectStore, scanId: string, { byShard }: Owed): Promise<void> {
  const written = new Set(await objects.list(outcomesPrefix(scanId)));
  const complete = [...byShard].filter(([, taskIds]) => isWritten(scanId, taskIds, written));
  if (complete.length === 0) return;
  const marked = new Set(await objects.list(shardsPrefix(scanId)));
  for (const [shard, taskIds] of complete) {
    if (!marked.has(shardKey(scanId, shard))) await markShard(objects, scanId, shard, taskIds);
  }
}

async function markShard(
  objects: ObjectStore,
  scanId: string,
  shard: string,
  taskIds: readonly string[],
): Promise<void> {
  const tally: Mutable<Tally> = { scanned: 0, unscannable: 0, failed: 0, reasons: {} };
  const read = async (key: string) => {
    const outcome = await readDocument(objects, key, Outcome);
    if (outcome === undefined) throw new ScanError("internal", `${key} is listed and cannot be read`);
    return outcome;
  };
  for (const outcome of await inSlices(taskIds, (taskId) => read(outcomeKey(scanId, taskId)))) {
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
