import * as z from "zod";
import { Counts } from "./finding.ts";
import { HexId, UtcTime } from "./names.ts";
import { reasonCodes } from "./reasons.ts";
import { ways } from "./shell.ts";
import { Target } from "./target.ts";
import { Pinned } from "./task.ts";

/**
 * Outcome/1: how one task ended, written once. `scanned` has an attempt, a way and counts; the others have a reason.
 * `unscannable` is a property of the target, `failed` is trouble on the way to it.
 */
export const Outcome = z.strictObject({
  schemaVersion: z.literal(1),
  scanId: HexId,
  taskId: HexId,
  kind: z.enum(["expand", "scan"]),
  outcome: z.enum(["scanned", "unscannable", "failed"]),
  reason: z.enum(reasonCodes).nullable(),
  message: z.string(),
  /** What was to be scanned in words: `cluster/namespace/pod/container`, or the target entry of an expand task. */
  subject: z.string(),
  target: Target.nullable(),
  profile: Pinned.nullable(),
  way: z.enum(ways).nullable(),
  counts: Counts.nullable(),
  /** Percent, two decimals: 100 × passed / (passed + failed + not_reviewed + error); null when nothing counts. */
  compliance: z.number().min(0).max(100).nullable(),
  /** The folder of the winning attempt, which holds the report. */
  key: z.string().nullable(),
  finishedAt: UtcTime,
});
export type Outcome = z.infer<typeof Outcome>;
