import type { ObjectStore } from "../store/object-store.ts";
import type { KubeObject } from "../store/objects.ts";
import { findResource } from "../store/resources.ts";
import type { Identity } from "./identity.ts";

/** What somebody wants to do. Either a resource (verb, group, resource or resource/subresource, name) or a path. */
export interface Attributes {
  readonly verb: string;
  readonly namespace: string;
  readonly group: string;
  readonly resource: string;
  readonly name: string;
  readonly path?: string;
}

/** rbac.authorization.k8s.io/v1 PolicyRule. */
export interface PolicyRule {
  readonly verbs: readonly string[];
  readonly apiGroups?: readonly string[];
  readonly resources?: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly nonResourceURLs?: readonly string[];
}

interface Subject {
  readonly kind: string;
  readonly name: string;
  readonly namespace?: string;
}

/** Whether the roles in the store allow it. Group system:masters may do everything, as in a real API server. */
export function isAllowed(store: ObjectStore, who: Identity, what: Attributes): boolean {
  if (who.groups.includes("system:masters")) return true;
  return rulesOf(store, who, what.namespace).some((rule) => ruleAllows(rule, what));
}

/** Every rule that holds for somebody in a namespace ("" for cluster scope). */
export function rulesOf(store: ObjectStore, who: Identity, namespace: string): PolicyRule[] {
  const bindings = [
    ...listOf(store, "clusterrolebindings", ""),
    ...(namespace === "" ? [] : listOf(store, "rolebindings", namespace)),
  ];
  return bindings.filter((binding) => isSubject(binding, who)).flatMap((binding) => rulesOfRole(store, binding));
}

function ruleAllows(rule: PolicyRule, what: Attributes): boolean {
  const has = (list: readonly string[] | undefined, value: string): boolean =>
    list !== undefined && (list.includes("*") || list.includes(value));
  if (!has(rule.verbs, what.verb)) return false;
  if (what.path !== undefined) {
    const path = what.path;
    return (rule.nonResourceURLs ?? []).some((url) =>
      url.endsWith("*") ? path.startsWith(url.slice(0, -1)) : url === path,
    );
  }
  const subresource = what.resource.split("/")[1];
  const resource =
    has(rule.resources, what.resource) || (subresource !== undefined && has(rule.resources, `*/${subresource}`));
  const name = (rule.resourceNames ?? []).length === 0 || (rule.resourceNames ?? []).includes(what.name);
  return has(rule.apiGroups, what.group) && resource && name;
}

function isSubject(binding: KubeObject, who: Identity): boolean {
  // Bindings and roles are checked for their lists when they are stored; what a list lacks matches nobody.
  return ((binding.subjects ?? []) as readonly Subject[]).some((subject) => {
    if (subject.kind === "User") return subject.name === who.username;
    if (subject.kind === "Group") return who.groups.includes(subject.name);
    const namespace = subject.namespace ?? binding.metadata.namespace ?? "";
    return who.username === `system:serviceaccount:${namespace}:${subject.name}`;
  });
}

function rulesOfRole(store: ObjectStore, binding: KubeObject): readonly PolicyRule[] {
  return (roleOf(store, binding)?.rules ?? []) as readonly PolicyRule[];
}

/** rbac.authorization.k8s.io/v1 RoleRef. */
export interface RoleRef {
  readonly kind: string;
  readonly name: string;
}

/** The role that a binding refers to; undefined when there is none. */
export function roleOf(store: ObjectStore, binding: KubeObject): KubeObject | undefined {
  const reference = binding.roleRef as RoleRef | undefined;
  if (reference === undefined) return undefined;
  const plural = reference.kind === "ClusterRole" ? "clusterroles" : "roles";
  const resource = findResource("rbac.authorization.k8s.io", plural);
  const namespace = resource?.namespaced ? (binding.metadata.namespace ?? "") : "";
  return resource && store.get(resource, namespace, reference.name);
}

function listOf(store: ObjectStore, plural: string, namespace: string): KubeObject[] {
  const resource = findResource("rbac.authorization.k8s.io", plural);
  return resource === undefined ? [] : store.list(resource, namespace);
}
