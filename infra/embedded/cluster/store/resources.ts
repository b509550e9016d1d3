/** One kind of object that the API serves. `verbs` are what discovery announces. */
export interface Resource {
  readonly group: string;
  readonly version: string;
  readonly plural: string;
  readonly singular: string;
  readonly kind: string;
  readonly namespaced: boolean;
  readonly shortNames: readonly string[];
  readonly subresources: readonly string[];
}

const READ_WRITE = (
  group: string,
  plural: string,
  kind: string,
  namespaced: boolean,
  shortNames: readonly string[] = [],
  subresources: readonly string[] = [],
): Resource => ({
  ...{ group, version: "v1", plural, singular: kind.toLowerCase(), kind, namespaced, shortNames, subresources },
});

/** Everything the API serves, in discovery's order. */
export const RESOURCES: readonly Resource[] = [
  READ_WRITE("", "pods", "Pod", true, ["po"], ["exec", "attach", "log", "ephemeralcontainers", "status"]),
  READ_WRITE("", "namespaces", "Namespace", false, ["ns"]),
  READ_WRITE("", "nodes", "Node", false, ["no"]),
  READ_WRITE("", "serviceaccounts", "ServiceAccount", true, ["sa"], ["token"]),
  READ_WRITE("", "configmaps", "ConfigMap", true, ["cm"]),
  READ_WRITE("", "secrets", "Secret", true),
  READ_WRITE("", "events", "Event", true, ["ev"]),
  READ_WRITE("apps", "deployments", "Deployment", true, ["deploy"]),
  READ_WRITE("apps", "replicasets", "ReplicaSet", true, ["rs"]),
  READ_WRITE("apps", "statefulsets", "StatefulSet", true, ["sts"]),
  READ_WRITE("apps", "daemonsets", "DaemonSet", true, ["ds"]),
  READ_WRITE("batch", "jobs", "Job", true),
  READ_WRITE("batch", "cronjobs", "CronJob", true, ["cj"]),
  READ_WRITE("rbac.authorization.k8s.io", "roles", "Role", true),
  READ_WRITE("rbac.authorization.k8s.io", "rolebindings", "RoleBinding", true),
  READ_WRITE("rbac.authorization.k8s.io", "clusterroles", "ClusterRole", false),
  READ_WRITE("rbac.authorization.k8s.io", "clusterrolebindings", "ClusterRoleBinding", false),
];

export function findResource(group: string, plural: string): Resource | undefined {
  return RESOURCES.find((resource) => resource.group === group && resource.plural === plural);
}

/** The resource of a manifest, by its apiVersion and kind. */
export function resourceOfKind(apiVersion: string, kind: string): Resource | undefined {
  return RESOURCES.find((resource) => apiVersionOf(resource) === apiVersion && resource.kind === kind);
}

export function apiVersionOf(resource: Resource): string {
  return resource.group === "" ? resource.version : `${resource.group}/${resource.version}`;
}

/** `pods` or `deployments.apps`, as error messages name resources. */
export function qualifiedName(resource: Resource): string {
  return resource.group === "" ? resource.plural : `${resource.plural}.${resource.group}`;
}
