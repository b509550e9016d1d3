import type { V1Pod } from "@kubernetes/client-node";
import type { Target } from "#contract/target.ts";

/** The input under which profiles find what the cluster says of the container that they look at. */
export const containerInput = "muster_container";

/**
 * What a pod says of one of its containers, by the names that Kubernetes has for it (core/v1): for controls on what cannot
 * be seen from within. Environment and annotations stay out, since secrets stand there.
 */
export function containerFacts(target: Target, pod: V1Pod): Readonly<Record<string, unknown>> {
  const { spec, metadata } = pod;
  const all = [...(spec?.containers ?? []), ...(spec?.initContainers ?? []), ...(spec?.ephemeralContainers ?? [])];
  const container = all.find(({ name }) => name === target.container);
  return {
    ...{ cluster: target.cluster, namespace: target.namespace, pod: target.pod, container: target.container },
    ...{ image: target.image, imageDigest: target.imageDigest, node: target.node, workload: target.workload },
    labels: metadata?.labels ?? {},
    securityContext: container?.securityContext ?? {},
    podSecurityContext: spec?.securityContext ?? {},
    resources: container?.resources ?? {},
    ports: container?.ports ?? [],
    volumeMounts: container?.volumeMounts ?? [],
    serviceAccountName: spec?.serviceAccountName ?? "default",
    automountServiceAccountToken: spec?.automountServiceAccountToken ?? true,
    ...{ hostNetwork: spec?.hostNetwork ?? false, hostPID: spec?.hostPID ?? false, hostIPC: spec?.hostIPC ?? false },
    shareProcessNamespace: spec?.shareProcessNamespace ?? false,
  };
}
