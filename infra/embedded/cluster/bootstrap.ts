import type { KubeObject } from "./store/objects.ts";

/** The scanner's and the powerless account's namespace. */
export const MUSTER_NAMESPACE = "muster";
export const SCANNER_ACCOUNT = "scanner";
/** The scanner with the right to add ephemeral containers. */
export const TOOLBOX_ACCOUNT = "scanner-with-toolbox";
export const NOBODY_ACCOUNT = "nobody";

const RBAC = "rbac.authorization.k8s.io/v1";

const object = (apiVersion: string, kind: string, name: string, rest: object = {}, namespace = ""): KubeObject => ({
  ...{ apiVersion, kind, metadata: { name, ...(namespace === "" ? {} : { namespace }) } },
  ...rest,
});

const role = (name: string, rules: readonly object[]): KubeObject => object(RBAC, "ClusterRole", name, { rules });

const binding = (name: string, clusterRole: string, subjects: readonly object[]): KubeObject =>
  object(RBAC, "ClusterRoleBinding", name, {
    roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: clusterRole },
    subjects,
  });

const subject = (account: string): object => ({ kind: "ServiceAccount", name: account, namespace: MUSTER_NAMESPACE });

const group = (name: string): object => ({ kind: "Group", apiGroup: "rbac.authorization.k8s.io", name });

const DISCOVERY_PATHS = [
  "/api",
  "/api/*",
  "/apis",
  "/apis/*",
  "/healthz",
  "/livez",
  "/readyz",
  "/version",
  "/version/",
];

/** What a cluster has before any workload: namespaces, the roles that every API server makes, and the accounts of muster. */
export function bootstrapObjects(): KubeObject[] {
  const namespaces = ["default", "kube-system", MUSTER_NAMESPACE].map(namespaceObject);
  const account = (name: string): KubeObject => object("v1", "ServiceAccount", name, {}, MUSTER_NAMESPACE);
  return [
    ...namespaces,
    role("cluster-admin", [
      { apiGroups: ["*"], resources: ["*"], verbs: ["*"] },
      { nonResourceURLs: ["*"], verbs: ["*"] },
    ]),
    binding("cluster-admin", "cluster-admin", [group("system:masters")]),
    role("system:discovery", [{ nonResourceURLs: DISCOVERY_PATHS, verbs: ["get"] }]),
    binding("system:discovery", "system:discovery", [group("system:authenticated")]),
    role("system:public-info-viewer", [
      { nonResourceURLs: ["/healthz", "/livez", "/readyz", "/version", "/version/"], verbs: ["get"] },
    ]),
    binding("system:public-info-viewer", "system:public-info-viewer", [
      group("system:authenticated"),
      group("system:unauthenticated"),
    ]),
    role("system:basic-user", [
      {
        apiGroups: ["authorization.k8s.io"],
        resources: ["selfsubjectaccessreviews", "selfsubjectrulesreviews"],
        verbs: ["create"],
      },
      { apiGroups: ["authentication.k8s.io"], resources: ["selfsubjectreviews"], verbs: ["create"] },
    ]),
    binding("system:basic-user", "system:basic-user", [group("system:authenticated")]),
    account(SCANNER_ACCOUNT),
    account(TOOLBOX_ACCOUNT),
    account(NOBODY_ACCOUNT),
    role("muster-scanner", [
      { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] },
      { apiGroups: [""], resources: ["pods/exec"], verbs: ["get", "create"] },
      { apiGroups: [""], resources: ["namespaces", "nodes"], verbs: ["get", "list"] },
      {
        apiGroups: ["apps"],
        resources: ["replicasets", "deployments", "statefulsets", "daemonsets"],
        verbs: ["get", "list"],
      },
      { apiGroups: ["batch"], resources: ["jobs", "cronjobs"], verbs: ["get", "list"] },
    ]),
    role("muster-toolbox", [
      { apiGroups: [""], resources: ["pods/ephemeralcontainers"], verbs: ["get", "patch", "update"] },
    ]),
    binding("muster-scanner", "muster-scanner", [subject(SCANNER_ACCOUNT), subject(TOOLBOX_ACCOUNT)]),
    binding("muster-toolbox", "muster-toolbox", [subject(TOOLBOX_ACCOUNT)]),
  ];
}

/** A namespace as the API server stores it: active, and labelled with its own name. */
function namespaceObject(name: string): KubeObject {
  return {
    ...{ apiVersion: "v1", kind: "Namespace", spec: { finalizers: ["kubernetes"] }, status: { phase: "Active" } },
    metadata: { name, labels: { "kubernetes.io/metadata.name": name } },
  };
}

/** A namespace from a manifest, completed in the same way. */
export function completedNamespace(object: KubeObject): KubeObject {
  const base = namespaceObject(object.metadata.name);
  const labels = { ...base.metadata.labels, ...object.metadata.labels };
  return { ...base, ...object, metadata: { ...object.metadata, labels } };
}

/** Every namespace has it. */
export function defaultAccount(namespace: string): KubeObject {
  return object("v1", "ServiceAccount", "default", {}, namespace);
}
