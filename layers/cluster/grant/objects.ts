import type { PolicyRule } from "./rules.ts";

/** Whom a binding names. */
export type Subject =
  | { readonly kind: "ServiceAccount"; readonly name: string; readonly namespace: string }
  | { readonly kind: "User" | "Group"; readonly name: string };

/** A Kubernetes object as it is written into a manifest, with the reason why it is there. */
export interface Manifest {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: {
    readonly name: string;
    readonly namespace?: string;
    readonly labels?: Readonly<Record<string, string>>;
    readonly annotations?: Readonly<Record<string, string>>;
  };
  readonly [field: string]: unknown;
}

type Metadata = Manifest["metadata"];

const group = "rbac.authorization.k8s.io";

export const namespaceObject = (name: string): Manifest => ({
  apiVersion: "v1",
  kind: "Namespace",
  metadata: { name },
});

export const accountObject = (metadata: Metadata): Manifest => ({ apiVersion: "v1", kind: "ServiceAccount", metadata });

/** A Role where the metadata gives a namespace, else a ClusterRole. */
export function roleObject(metadata: Metadata, rules: readonly PolicyRule[]): Manifest {
  const kind = metadata.namespace === undefined ? "ClusterRole" : "Role";
  return { apiVersion: `${group}/v1`, kind, metadata, rules };
}

/** Binds the role of the same name and reach. */
export function bindingObject(metadata: Metadata, subject: Subject): Manifest {
  const kind = metadata.namespace === undefined ? "ClusterRole" : "Role";
  return {
    apiVersion: `${group}/v1`,
    kind: `${kind}Binding`,
    metadata,
    roleRef: { apiGroup: group, kind, name: metadata.name },
    subjects: [subject.kind === "ServiceAccount" ? subject : { ...subject, apiGroup: group }],
  };
}
