import * as z from "zod";
import { HexId, UtcTime } from "./names.ts";
import { reasonCodes } from "./reasons.ts";
import { ScanRequest } from "./request.ts";
import { ExpandTask, ScanTask } from "./task.ts";

/** `plan.json`: what one request became. Its tasks are sent again, as they stand, on a second delivery. */
export const Plan = z.strictObject({
  schemaVersion: z.literal(1),
  scanId: HexId,
  requestedAt: UtcTime,
  request: ScanRequest,
  tasks: z.array(ExpandTask).min(1),
});
export type Plan = z.infer<typeof Plan>;

/** `rejected.json`: why a request was not carried out, every fault named. */
export const Rejected = z.strictObject({
  schemaVersion: z.literal(1),
  scanId: HexId,
  requestedAt: UtcTime,
  reason: z.enum(reasonCodes),
  faults: z.array(z.strictObject({ field: z.string(), message: z.string() })).min(1),
});
export type Rejected = z.infer<typeof Rejected>;

/** `expected/<expandTaskId>.json`: every id that owes an outcome on behalf of this expand task, and the tasks to send. */
export const Expected = z.strictObject({
  schemaVersion: z.literal(1),
  scanId: HexId,
  expandTaskId: HexId,
  taskIds: z.array(HexId).min(1),
  tasks: z.array(ScanTask),
  /** Named pods that were not there, and the ids that owe their outcomes. */
  missing: z.array(z.strictObject({ taskId: HexId, pod: z.string() })).optional(),
});
export type Expected = z.infer<typeof Expected>;

/** `cancelled.json`: somebody wants no more of this scan. What has no outcome yet gets `cancelled`. */
export const Cancelled = z.strictObject({ schemaVersion: z.literal(1), scanId: HexId, cancelledAt: UtcTime });
export type Cancelled = z.infer<typeof Cancelled>;

const count = z.number().int().min(0);

/** How many tasks ended how. `reasons` counts by reason code. */
export const Tally = z.strictObject({
  scanned: count,
  unscannable: count,
  failed: count,
  reasons: z.partialRecord(z.enum(reasonCodes), count),
});
export type Tally = z.infer<typeof Tally>;

/** `shards/<2 hex>.json`: all outcomes of this shard are written. */
export const Shard = z.strictObject({ schemaVersion: z.literal(1), scanId: HexId, shard: z.string(), tally: Tally });
export type Shard = z.infer<typeof Shard>;

/** `complete.json`: every task of the scan has its outcome. */
export const Complete = z.strictObject({
  schemaVersion: z.literal(1),
  scanId: HexId,
  requestedAt: UtcTime,
  completedAt: UtcTime,
  targets: count,
  tally: Tally,
});
export type Complete = z.infer<typeof Complete>;
