import { scanTaskIdOf } from "#contract/ids.ts";
import { strictPolicy } from "#contract/policy.ts";
import type { Target } from "#contract/target.ts";
import type { ExpandTask, ScanTask } from "#contract/task.ts";

const hex = (character: string, length: number) => character.repeat(length);

/** A target with nothing special about it. */
export function target(given: Partial<Target> = {}): Target {
  return {
    cluster: "prod",
    namespace: "shop",
    pod: "web-abc",
    podUid: "uid-1",
    container: "main",
    containerId: "containerd://1",
    restartCount: 0,
    image: "registry.test/web:1",
    imageDigest: `sha256:${hex("a", 64)}`,
    node: "node-1",
    os: "linux",
    workload: { kind: "Deployment", name: "web" },
    ...given,
  };
}

/** A scan task whose id follows from its target, as the contract says. */
export function scanTask(given: Partial<ScanTask> = {}): ScanTask {
  const scanId = given.scanId ?? hex("1", 32);
  const about = given.target ?? target();
  const profile = given.profile ?? { name: "baseline", digest: hex("d", 64) };
  return {
    schemaVersion: 1,
    kind: "scan",
    scanId,
    taskId: scanTaskIdOf(scanId, about, profile.digest),
    hop: 1,
    requestedAt: "2026-11-24T03:00:00.000Z",
    target: about,
    profile,
    options: {},
    policy: strictPolicy,
    ...given,
  };
}

export function expandTask(given: Partial<ExpandTask> = {}): ExpandTask {
  return {
    schemaVersion: 1,
    kind: "expand",
    scanId: hex("1", 32),
    taskId: hex("e", 32),
    hop: 0,
    requestedAt: "2026-11-24T03:00:00.000Z",
    entry: { cluster: "prod" },
    profiles: [{ name: "baseline", digest: hex("d", 64) }],
    options: {},
    policy: strictPolicy,
    ...given,
  };
}
