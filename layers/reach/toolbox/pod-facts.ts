import type { V1Container, V1Pod } from "@kubernetes/client-node";
import type { ToolboxPolicy } from "#contract/policy.ts";
import type { Target } from "#contract/target.ts";
import type { PlanFacts } from "../plan.ts";
import { runningSidecar } from "../sidecar/sidecar.ts";
import { isToolbox } from "./name.ts";

type OfPod = Omit<PlanFacts, "level" | "mayPatch" | "tried">;

/** What the pod itself tells the planner. */
export function factsOfPod(target: Target, pod: V1Pod, policy: ToolboxPolicy): OfPod {
  const containers = [...(pod.spec?.containers ?? []), ...(pod.spec?.initContainers ?? [])];
  const container = containers.find(({ name }) => name === target.container);
  const own = container?.securityContext ?? {};
  const ofPod = pod.spec?.securityContext ?? {};
  return {
    namespace: target.namespace,
    container: target.container,
    os: target.os,
    policy,
    sidecar: runningSidecar(pod, target.container),
    staticPod: pod.metadata?.annotations?.["kubernetes.io/config.mirror"] !== undefined,
    ids: idsOf(pod, container, target.container),
    nonRoot: own.runAsNonRoot ?? ofPod.runAsNonRoot ?? false,
    privileged: own.privileged ?? false,
    ownUsers: pod.spec?.hostUsers === false,
    addedCapabilities: (own.capabilities?.add ?? []).map((name) => name.replace(/^CAP_/, "")),
    running: (pod.status?.ephemeralContainerStatuses ?? [])
      .filter(({ name, state }) => isToolbox(name) && state?.running !== undefined)
      .map(({ name }) => name),
    toolboxes: (pod.spec?.ephemeralContainers ?? []).filter(({ name }) => isToolbox(name)).length,
  };
}

/** The runtime's own word where the node reports it (Kubernetes 1.31 on), else what the spec asks for. */
function idsOf(pod: V1Pod, container: V1Container | undefined, name: string): PlanFacts["ids"] {
  const statuses = [...(pod.status?.containerStatuses ?? []), ...(pod.status?.initContainerStatuses ?? [])];
  const told = statuses.find((status) => status.name === name)?.user?.linux;
  if (told !== undefined) return { uid: told.uid, gid: told.gid };
  const uid = container?.securityContext?.runAsUser ?? pod.spec?.securityContext?.runAsUser;
  const gid = container?.securityContext?.runAsGroup ?? pod.spec?.securityContext?.runAsGroup;
  return { ...(uid === undefined ? {} : { uid }), ...(gid === undefined ? {} : { gid }) };
}
