import * as z from "zod";
import { HexId, RegisteredName, Sha256, UtcTime } from "./names.ts";
import { ClusterPolicy } from "./policy.ts";
import { ScanOptions, TargetEntry } from "./request.ts";
import { Target } from "./target.ts";

/** A registered document by name and content. */
export const Pinned = z.strictObject({ name: RegisteredName, digest: Sha256 });
export type Pinned = z.infer<typeof Pinned>;

const common = {
  schemaVersion: z.literal(1),
  scanId: HexId,
  taskId: HexId,
  /** How often this work was handed on: found by an expand task, sent once more, or sent anew after a long outage. */
  hop: z.number().int().min(0).max(16),
  /** When the request reached the queue: part of every report's key, equal on each delivery. */
  requestedAt: UtcTime,
  inputs: Pinned.optional(),
  waivers: Pinned.optional(),
  options: ScanOptions,
  /** What the cluster allows in this scan. A task from before there were policies allows nothing. */
  policy: ClusterPolicy.prefault({}),
};

/** Find the containers of one target entry and send a scan task for each, by profile. */
export const ExpandTask = z.strictObject({
  ...common,
  kind: z.literal("expand"),
  entry: TargetEntry,
  profiles: z.array(Pinned).min(1),
  /** Profiles whose scans of this cluster are a worker's; the others are a function's. */
  workerProfiles: z.array(RegisteredName).optional(),
});
export type ExpandTask = z.infer<typeof ExpandTask>;

/** Run one profile against one container. */
export const ScanTask = z.strictObject({
  ...common,
  kind: z.literal("scan"),
  target: Target,
  profile: Pinned,
  /** It lies on the worker's queue. Without it, on the cluster's. */
  scanBy: z.literal("worker").optional(),
});
export type ScanTask = z.infer<typeof ScanTask>;

/** Task/1: what lies on a cluster's task queue. */
export const Task = z.discriminatedUnion("kind", [ExpandTask, ScanTask]);
export type Task = z.infer<typeof Task>;
