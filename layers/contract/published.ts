import * as z from "zod";
import { Counts } from "./finding.ts";
import { HexId, LabelName, RegisteredName, SubdomainName, UtcTime } from "./names.ts";
import { reasonCodes } from "./reasons.ts";
import { Tally } from "./run.ts";
import { Workload } from "./target.ts";
import { Pinned } from "./task.ts";

const count = z.number().int().min(0);

/** How one container of a workload fared in the scan that a pointer names. */
const LatestContainer = z.strictObject({
  pod: SubdomainName,
  podUid: z.string(),
  taskId: HexId,
  imageDigest: z.string(),
  outcome: z.enum(["scanned", "unscannable", "failed"]),
  reason: z.enum(reasonCodes).nullable(),
  message: z.string(),
  counts: Counts.nullable(),
  compliance: z.number().min(0).max(100).nullable(),
  /** Folder of the report in the evidence bucket. */
  key: z.string().nullable(),
  finishedAt: UtcTime,
});
export type LatestContainer = z.infer<typeof LatestContainer>;

const scan = { scanId: HexId, requestedAt: UtcTime };
const place = { cluster: RegisteredName, namespace: LabelName, workload: Workload, container: LabelName };

/**
 * `latest/v1/…/<profile>.json`: what the newest scan, by the time of its request, saw of one container of a workload. All
 * replicas are there, so that one that failed is not hidden behind one that passed.
 */
export const Latest = z.strictObject({
  schemaVersion: z.literal(1),
  ...scan,
  ...place,
  profile: Pinned,
  containers: z.array(LatestContainer).min(1),
});
export type Latest = z.infer<typeof Latest>;

/** One line of a cluster's index: a container of a workload and a profile, over all replicas. */
const IndexRow = z.strictObject({
  ...scan,
  namespace: LabelName,
  workload: Workload,
  container: LabelName,
  profile: RegisteredName,
  /** The replicas by how they ended. */
  tally: Tally,
  /** The lowest compliance among the replicas; null when none was scanned. */
  compliance: z.number().min(0).max(100).nullable(),
  /** Key of the pointer in the published bucket. */
  latest: z.string(),
});
export type IndexRow = z.infer<typeof IndexRow>;

/** `index/v1/clusters/<cluster>.json`: every container and profile of a cluster that was ever looked at, ordered by `latest`. */
export const ClusterIndex = z.strictObject({
  schemaVersion: z.literal(1),
  cluster: RegisteredName,
  rows: z.array(IndexRow),
});
export type ClusterIndex = z.infer<typeof ClusterIndex>;

const FleetRow = z.strictObject({
  cluster: RegisteredName,
  rows: count,
  tally: Tally,
  /** The newest request that reached this cluster. */
  requestedAt: UtcTime,
});
export type FleetRow = z.infer<typeof FleetRow>;

/** `index/v1/fleet.json`: a line a cluster. */
export const Fleet = z.strictObject({ schemaVersion: z.literal(1), clusters: z.array(FleetRow) });
export type Fleet = z.infer<typeof Fleet>;

/** `index/v1/feed.json`: the newest completed scans, newest first, at most 200. */
export const Feed = z.strictObject({
  schemaVersion: z.literal(1),
  scans: z.array(
    z.strictObject({
      ...scan,
      completedAt: UtcTime,
      requestedBy: z.string().nullable(),
      profiles: z.array(RegisteredName),
      clusters: z.array(RegisteredName),
      targets: count,
      tally: Tally,
    }),
  ),
});
export type Feed = z.infer<typeof Feed>;
