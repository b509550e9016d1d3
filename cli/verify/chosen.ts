import type { V1Pod } from "@kubernetes/client-node";
import type { Connection } from "#cluster/connection.ts";
import { containersOf } from "#cluster/containers.ts";
import { listPods, readPod } from "#cluster/pods.ts";
import { ScanError } from "#contract/errors.ts";
import type { TargetEntry } from "#contract/request.ts";
import type { Target } from "#contract/target.ts";

/** The containers that one entry of a request chooses. Nothing at all, and a named pod that is not there, are errors. */
export async function chosenContainers(connection: Connection, entry: TargetEntry): Promise<readonly Target[]> {
  const targets: Target[] = [];
  for await (const pod of chosenPods(connection, entry)) {
    for (const { target } of containersOf(entry.cluster, pod, entry.include ?? ["containers"])) {
      if (entry.containers === undefined || entry.containers.includes(target.container)) targets.push(target);
    }
  }
  if (targets.length === 0) throw new ScanError("nothing-matched", "no container matched");
  return targets;
}

async function* chosenPods(connection: Connection, entry: TargetEntry): AsyncGenerator<V1Pod> {
  const { namespaces, labelSelector, pods } = entry;
  if (pods !== undefined && labelSelector === undefined) {
    const namespace = namespaces?.[0] ?? ""; // the contract demands exactly one where pods are named
    for (const name of pods) {
      const pod = await readPod(connection, namespace, name);
      if (pod === undefined) throw new ScanError("nothing-matched", `there is no pod ${namespace}/${name}`);
      yield pod;
    }
    return;
  }
  for (const namespace of namespaces ?? [undefined]) {
    for await (const pod of listPods(connection, { namespace, labelSelector })) {
      if (pods === undefined || pods.includes(pod.metadata?.name ?? "")) yield pod;
    }
  }
}
