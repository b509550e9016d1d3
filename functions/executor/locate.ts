import type { V1Pod } from "@kubernetes/client-node";
import type { Connection } from "#cluster/connection.ts";
import { containersOf } from "#cluster/containers.ts";
import { readPod } from "#cluster/pods.ts";
import { ScanError } from "#contract/errors.ts";
import { type Target, targetName } from "#contract/target.ts";

/** The target as it is now, and the pod that tells of it. */
export interface Located {
  readonly target: Target;
  readonly pod: V1Pod;
}

/** Reads the pod and finds the target in it; see `found`. */
export async function locate(connection: Connection, target: Target, signal: AbortSignal): Promise<Located> {
  return found(target, await readPod(connection, target.namespace, target.pod, signal));
}

/**
 * The target in a pod as the API tells of it. Another pod under the name is `replaced`; a container that does not run is
 * `not-running`.
 */
function found(target: Target, pod: V1Pod | undefined): Located {
  const name = targetName(target);
  if (pod === undefined) throw new ScanError("not-running", `${name}: the pod is gone`);
  if (pod.metadata?.uid !== target.podUid) {
    throw new ScanError("replaced", `${name}: the name now belongs to pod ${pod.metadata?.uid}, not ${target.podUid}`);
  }
  const all = containersOf(target.cluster, pod, ["containers", "initContainers", "ephemeralContainers"]);
  const here = all.find((each) => each.target.container === target.container);
  if (here === undefined) throw new ScanError("not-running", `${name}: the pod has no such container any more`);
  if (!here.running) throw new ScanError("not-running", `${name}: ${here.state}`);
  // A pod keeps its OS; where it does not say it, the one who found the target asked its node.
  return { target: { ...here.target, os: target.os }, pod };
}

/** Proves that the container is still the one in which the scan began; evidence of two runs is never mixed. */
export async function stillThere(connection: Connection, began: Target, signal: AbortSignal): Promise<void> {
  sameRun(began, await readPod(connection, began.namespace, began.pod, signal));
}

/**
 * Throws when the pod no longer holds the run of the container in which the scan began: `replaced` when the pod is gone, is
 * going or is another, `restarted` when only the container is.
 */
export function sameRun(began: Target, pod: V1Pod | undefined): void {
  let now: Target;
  try {
    now = found(began, pod).target;
  } catch (error) {
    if (!(error instanceof ScanError) || error.code !== "not-running") throw error;
    const code = pod === undefined || pod.metadata?.deletionTimestamp !== undefined ? "replaced" : "restarted";
    throw new ScanError(code, `${error.message}, and it ran when the scan began`, { cause: error });
  }
  if (now.containerId !== began.containerId || now.restartCount !== began.restartCount) {
    const counts = `${began.restartCount} restarts then, ${now.restartCount} now`;
    throw new ScanError("restarted", `${targetName(began)}: the container restarted during the scan (${counts})`);
  }
}
