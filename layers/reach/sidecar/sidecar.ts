import type { V1Pod } from "@kubernetes/client-node";

/** The name by which a pod's muster sidecar is known. */
export const sidecarName = "muster-sidecar";

/** The name of the pod's sidecar where it runs and shares the process namespace; never for the sidecar itself. */
export function runningSidecar(pod: V1Pod, target: string): string | undefined {
  if (pod.spec?.shareProcessNamespace !== true || target === sidecarName) return undefined;
  const statuses = [...(pod.status?.initContainerStatuses ?? []), ...(pod.status?.containerStatuses ?? [])];
  const running = statuses.some(({ name, state }) => name === sidecarName && state?.running !== undefined);
  return running ? sidecarName : undefined;
}
