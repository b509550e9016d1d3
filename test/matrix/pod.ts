import type { ContainerSpec, KubeObject, SecurityContextSpec } from "#embedded/cluster/store/objects.ts";

/** What a row says of its pod; name and namespace follow from the row. */
export interface PodParts {
  readonly spec: {
    readonly containers: readonly ContainerSpec[];
    readonly initContainers?: readonly ContainerSpec[];
    readonly [field: string]: unknown;
  };
  readonly annotations?: Readonly<Record<string, string>>;
}

const images = "muster.test";
/** Ends at once when it is told to, so that no row waits for a grace period. */
const idle = "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done";

/** A container that idles in a shell of its own. */
export function idling(image: string, fields: Partial<ContainerSpec> = {}, shell = "/bin/sh"): ContainerSpec {
  return { name: "app", image: `${images}/${image}:1`, command: [shell, "-c", idle], ...fields };
}

/** A container that runs what its image says. */
export function plain(image: string, fields: Partial<ContainerSpec> = {}): ContainerSpec {
  return { name: "app", image: `${images}/${image}:1`, ...fields };
}

export const nonRoot: SecurityContextSpec = { runAsUser: 65532, runAsGroup: 65532, runAsNonRoot: true };

/** Non-root, read-only, without new privileges or capabilities: what the restricted level asks for, and more. */
export const hardened: SecurityContextSpec = {
  ...nonRoot,
  allowPrivilegeEscalation: false,
  readOnlyRootFilesystem: true,
  capabilities: { drop: ["ALL"] },
  seccompProfile: { type: "RuntimeDefault" },
};

/** A pod of these containers, with more of its spec where that is what the row is about. */
export function podOf(containers: readonly ContainerSpec[], spec: object = {}): PodParts {
  return { spec: { terminationGracePeriodSeconds: 1, containers, ...spec } };
}

export function manifestOf({ spec, annotations }: PodParts, namespace: string, name: string): KubeObject {
  return {
    ...{ apiVersion: "v1", kind: "Pod", spec },
    metadata: { name, namespace, ...(annotations && { annotations }) },
  };
}

/** A namespace whose label enforces a pod security level. */
export function namespaceOf(name: string, level: string): KubeObject {
  return {
    ...{ apiVersion: "v1", kind: "Namespace" },
    metadata: { name, labels: { "pod-security.kubernetes.io/enforce": level } },
  };
}
