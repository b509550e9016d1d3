import * as z from "zod";
import { expectedKey, planKey, shardOf } from "#contract/keys.ts";
import { HexId } from "#contract/names.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Plan } from "#contract/run.ts";
import { readDocument } from "./documents.ts";

/** Every task of a scan that owes an outcome. */
export interface Owed {
  readonly requestedAt: string;
  /** Ids by the shard that their outcomes lie in. */
  readonly byShard: ReadonlyMap<string, readonly string[]>;
  readonly count: number;
}

/** The ids alone: the tasks beside them are megabytes that only an expand task needs. */
const ExpectedIds = z.object({ taskIds: z.array(HexId).min(1) });

const mostScans = 4;
/** Plan and expectations are never written over, so a warm process reads them once a scan and not once a task. */
const known = new WeakMap<ObjectStore, Map<string, Owed>>();

/** What the scan owes; undefined as long as an expand task has not said what it found. */
export async function owedBy(objects: ObjectStore, scanId: string): Promise<Owed | undefined> {
  const scans = known.get(objects) ?? new Map<string, Owed>();
  known.set(objects, scans);
  const owed = scans.get(scanId) ?? (await read(objects, scanId));
  if (owed === undefined) return undefined;
  scans.delete(scanId); // the scan that was asked for last stays longest
  scans.set(scanId, owed);
  for (const oldest of [...scans.keys()].slice(0, -mostScans)) scans.delete(oldest);
  return owed;
}

async function read(objects: ObjectStore, scanId: string): Promise<Owed | undefined> {
  const plan = await readDocument(objects, planKey(scanId), Plan);
  if (plan === undefined) return undefined;
  const taskIds = new Set<string>();
  for (const task of plan.tasks) {
    const expected = await readDocument(objects, expectedKey(scanId, task.taskId), ExpectedIds);
    if (expected === undefined) return undefined;
    for (const id of expected.taskIds) taskIds.add(id); // two entries may match one container
  }
  return { requestedAt: plan.requestedAt, byShard: Map.groupBy(taskIds, shardOf), count: taskIds.size };
}
