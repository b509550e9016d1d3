import type { Connection } from "#cluster/connection.ts";
import { containersOf } from "#cluster/containers.ts";
import { listPods } from "#cluster/pods.ts";
import type { Target } from "#contract/target.ts";

/** The images of the embedded cluster that differ in shell, tools and rights. */
export const samplePods = ["weak", "busybox-only", "bash-no-sh", "non-root-readonly"] as const;

/** The running Linux containers of a namespace: of the named pods, or of all. */
export async function runningContainers(
  connection: Connection,
  namespace: string,
  pods?: readonly string[],
): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for await (const pod of listPods(connection, { namespace })) {
    if (pods !== undefined && !pods.includes(pod.metadata?.name ?? "")) continue;
    for (const { target, running } of containersOf(connection.cluster, pod, ["containers"])) {
      if (running && target.os === "linux") targets.push(target);
    }
  }
  return targets;
}
