import type { Target } from "./target.ts";
import type { ScanTask } from "./task.ts";

/** Where a container stands, whichever pod it is in today. */
type Place = Pick<Target, "cluster" | "namespace" | "workload" | "container">;

/** S3 wants no colons in keys: 2026-11-24T03:00:00.000Z becomes 20261124T030000Z. */
function compactTime(utc: string): string {
  return utc.replaceAll(/[-:]|\.\d+/g, "");
}

/** The folder of one attempt at one scan task, without a slash at its end. Evidence bucket. */
export function attemptFolder(task: ScanTask, attempt: string): string {
  const { cluster, namespace, workload, container } = task.target;
  const place = `scans/v1/${cluster}/${namespace}/${workload.kind.toLowerCase()}.${workload.name}/${container}`;
  return `${place}/${task.profile.name}/${compactTime(task.requestedAt)}-${task.taskId.slice(0, 16)}/${attempt}`;
}

const run = (scanId: string) => `runs/v1/${scanId}`;

export const planKey = (scanId: string) => `${run(scanId)}/plan.json`;
export const rejectedKey = (scanId: string) => `${run(scanId)}/rejected.json`;
export const expectedKey = (scanId: string, expandTaskId: string) => `${run(scanId)}/expected/${expandTaskId}.json`;
export const outcomesPrefix = (scanId: string) => `${run(scanId)}/outcomes/`;
export const shardOf = (taskId: string) => taskId.slice(0, 2);
export const shardPrefix = (scanId: string, shard: string) => `${outcomesPrefix(scanId)}${shard}/`;
export const outcomeKey = (scanId: string, taskId: string) => `${shardPrefix(scanId, shardOf(taskId))}${taskId}.json`;
export const shardsPrefix = (scanId: string) => `${run(scanId)}/shards/`;
export const shardKey = (scanId: string, shard: string) => `${shardsPrefix(scanId)}${shard}.json`;
export const completeKey = (scanId: string) => `${run(scanId)}/complete.json`;
export const triesPrefix = (scanId: string, taskId: string) => `${run(scanId)}/tries/${taskId}/`;
/** One try at a task: `word` is `begun`, or the reason with which it was given up for this time. */
export const tryKey = (scanId: string, taskId: string, hop: number, receive: number, word: string) =>
  `${triesPrefix(scanId, taskId)}${hop}.${receive}.${word}`;
/** An expand task has sent every task that it found. */
export const sentKey = (scanId: string, expandTaskId: string) => `${triesPrefix(scanId, expandTaskId)}sent`;
export const cancelledKey = (scanId: string) => `${run(scanId)}/cancelled.json`;

/** What lay in a dead-letter queue, word for word. */
export const buriedKey = (messageId: string) => `buried/v1/${messageId}.json`;

/** Published bucket: the newest that is known of one container of a workload, by profile. */
export function latestKey({ cluster, namespace, workload, container }: Place, profile: string): string {
  return `latest/v1/${cluster}/${namespace}/${workload.kind.toLowerCase()}.${workload.name}/${container}/${profile}.json`;
}
export const clusterIndexKey = (cluster: string) => `index/v1/clusters/${cluster}.json`;
export const fleetKey = "index/v1/fleet.json";
export const feedKey = "index/v1/feed.json";

/** What is registered under a name; `current.json` says which digest a name means today. */
export type ConfigKind = "profiles" | "inputs" | "waivers" | "thresholds";
const extension = { profiles: "tar.gz", inputs: "yaml", waivers: "yaml", thresholds: "yaml" } as const;
export const configKey = (kind: ConfigKind, name: string, digest: string) =>
  `config/v1/${kind}/${name}/${digest}.${extension[kind]}`;
/** The signed statement that this content was registered under this name. */
export const registrationKey = (kind: ConfigKind, name: string, digest: string) =>
  `config/v1/${kind}/${name}/${digest}.sigstore.json`;
export const currentKey = (kind: ConfigKind, name: string) => `config/v1/${kind}/${name}/current.json`;
