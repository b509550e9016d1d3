import type { V1ContainerStatus, V1OwnerReference, V1Pod } from "@kubernetes/client-node";
import type { ContainerKind } from "#contract/request.ts";
import type { Target, Workload } from "#contract/target.ts";

/** A container as the API tells of it: who it is, and whether anything runs there. */
export interface FoundContainer {
  readonly target: Target;
  readonly running: boolean;
  /** The state in words, for a message: "terminated: Completed (exit code 0)". */
  readonly state: string;
}

/**
 * The containers of a pod, of the kinds asked for, in the order of its spec. `windows` holds the names of Windows nodes, for
 * a pod that does not say its OS by itself; without them it counts as Linux.
 */
export function containersOf(
  cluster: string,
  pod: V1Pod,
  kinds: readonly ContainerKind[],
  windows: ReadonlySet<string> = new Set(),
): readonly FoundContainer[] {
  const os = osSaidBy(pod) ?? (windows.has(pod.spec?.nodeName ?? "") ? "windows" : "linux");
  const statuses: readonly V1ContainerStatus[] = [
    ...(pod.status?.containerStatuses ?? []),
    ...(pod.status?.initContainerStatuses ?? []),
    ...(pod.status?.ephemeralContainerStatuses ?? []),
  ];
  return kinds.flatMap((kind) =>
    (pod.spec?.[kind] ?? []).map(({ name, image }) => {
      const status = statuses.find((each) => each.name === name);
      return {
        target: {
          cluster,
          namespace: pod.metadata?.namespace ?? "",
          pod: pod.metadata?.name ?? "",
          podUid: pod.metadata?.uid ?? "",
          container: name,
          containerId: status?.containerID ?? "",
          restartCount: status?.restartCount ?? 0,
          image: image ?? status?.image ?? "",
          imageDigest: /sha256:[0-9a-f]{64}/.exec(status?.imageID ?? "")?.[0] ?? "",
          node: pod.spec?.nodeName ?? "",
          os,
          workload: workloadOf(pod),
        },
        running: status?.state?.running !== undefined && !pod.metadata?.deletionTimestamp,
        state: stateOf(pod, status),
      };
    }),
  );
}

/** What a pod says it runs on: its OS, or the nodes that it may go to. Undefined where it says nothing. */
export function osSaidBy(pod: V1Pod): Target["os"] | undefined {
  const { os, nodeSelector, affinity } = pod.spec ?? {};
  const terms = affinity?.nodeAffinity?.requiredDuringSchedulingIgnoredDuringExecution?.nodeSelectorTerms ?? [];
  const wanted = terms.map(({ matchExpressions = [] }) =>
    matchExpressions.find(({ key, operator }) => key === osLabel && operator === "In")?.values?.join(),
  );
  const said = os?.name ?? nodeSelector?.[osLabel] ?? (new Set(wanted).size === 1 ? wanted[0] : undefined);
  return said === "windows" || said === "linux" ? said : undefined;
}

const osLabel = "kubernetes.io/os";

/**
 * The controller at the top. A Deployment names its ReplicaSets `<deployment>-<hash>` and labels the pods with the
 * hash, so no further request is needed.
 */
function workloadOf(pod: V1Pod): Workload {
  const owner = pod.metadata?.ownerReferences?.find((each: V1OwnerReference) => each.controller);
  if (owner === undefined) return { kind: "Pod", name: pod.metadata?.name ?? "" };
  const hash = pod.metadata?.labels?.["pod-template-hash"];
  if (owner.kind === "ReplicaSet" && hash !== undefined && owner.name.endsWith(`-${hash}`)) {
    return { kind: "Deployment", name: owner.name.slice(0, -hash.length - 1) };
  }
  return { kind: owner.kind, name: owner.name };
}

function stateOf(pod: V1Pod, status: V1ContainerStatus | undefined): string {
  if (pod.metadata?.deletionTimestamp) return "the pod is being deleted";
  const { running, terminated, waiting } = status?.state ?? {};
  if (running) return "running";
  if (terminated) return `terminated: ${terminated.reason ?? "no reason given"} (exit code ${terminated.exitCode})`;
  if (waiting) return `waiting: ${[waiting.reason, waiting.message].filter(Boolean).join(": ") || "no reason given"}`;
  return `not started; the pod is ${pod.status?.phase ?? "in an unknown phase"}`;
}
