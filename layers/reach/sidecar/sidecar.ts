import type { V1Container, V1Pod } from "@kubernetes/client-node";
import { busybox, type Ids, securityOf } from "../toolbox/form.ts";

/** The name by which a pod's muster sidecar is known. */
export const sidecarName = "muster-sidecar";

/** The name of the pod's sidecar where it runs and shares the process namespace; never for the sidecar itself. */
export function runningSidecar(pod: V1Pod, target: string): string | undefined {
  if (pod.spec?.shareProcessNamespace !== true || target === sidecarName) return undefined;
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const running = statuses.some(({ name, state }) => name === sidecarName && state?.running !== undefined);
  return running ? sidecarName : undefined;
}

/**
 * The sidecar as a native sidecar: an init container that is always restarted (Kubernetes 1.29 on). With the target's ids it
 * passes at the restricted level and reads; without, it is root with SYS_PTRACE and enters every container of the pod.
 */
export function sidecarContainer(image: string, ids?: Ids): V1Container {
  return {
    name: sidecarName,
    image,
    imagePullPolicy: "IfNotPresent",
    command: [busybox, "sleep", "2147483647"],
    restartPolicy: "Always",
    resources: { requests: { cpu: "1m", memory: "8Mi" }, limits: { memory: "64Mi" } },
    securityContext: securityOf(ids === undefined ? { kind: "ptrace" } : { kind: "same-ids", ids }),
  };
}
