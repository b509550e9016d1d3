import { isDeepStrictEqual } from "node:util";
import type { KubeObject } from "../store/objects.ts";
import { findResource } from "../store/resources.ts";
import { type Call, resourceOf } from "./api.ts";
import { isAllowed, type PolicyRule, type RoleRef, roleOf, rulesOf } from "./rbac.ts";
import { badRequest, forbidden, invalid, notFound } from "./status.ts";

const GROUP = "rbac.authorization.k8s.io";

/**
 * RBAC's escalation prevention: nobody writes a role with rights that they do not hold, unless they may `escalate` it,
 * and nobody binds such a role, unless they may `bind` it. Throws 403 with what is missing. `before` is what an update
 * replaces; a change that touches neither rules nor subjects is let through.
 */
export function refuseEscalation(call: Call, object: KubeObject, before?: KubeObject): void {
  if (call.info.group !== GROUP || call.user.groups.includes("system:masters")) return;
  if (object.kind === "Role" || object.kind === "ClusterRole") refuseRole(call, object, before);
  else refuseBinding(call, object, before);
}

function refuseRole(call: Call, role: KubeObject, before: KubeObject | undefined): void {
  if (isDeepStrictEqual(role.rules, before?.rules)) return;
  const { api, user, info } = call;
  const what = { namespace: info.namespace, group: GROUP, resource: info.plural, name: role.metadata.name };
  if (isAllowed(api.store, user, { verb: "escalate", ...what })) return;
  refuseMissing(call, role.metadata.name, rulesIn(role));
}

function refuseBinding(call: Call, binding: KubeObject, before: KubeObject | undefined): void {
  const { api, user, info } = call;
  const reference = binding.roleRef as RoleRef | undefined;
  if (reference === undefined) throw badRequest("roleRef: Required value");
  if (before !== undefined && !isDeepStrictEqual(binding.roleRef, before.roleRef)) {
    const fault = { field: "roleRef", reason: "FieldValueInvalid", message: "Invalid value: cannot change roleRef" };
    throw invalid(binding.kind, GROUP, binding.metadata.name, [fault]);
  }
  if (before !== undefined && isDeepStrictEqual(binding.subjects, before.subjects)) return;
  const plural = reference.kind === "ClusterRole" ? "clusterroles" : "roles";
  const what = { namespace: info.namespace, group: GROUP, resource: plural, name: reference.name };
  if (isAllowed(api.store, user, { verb: "bind", ...what })) return;
  const role = roleOf(api.store, binding);
  const resource = findResource(GROUP, plural);
  if (role === undefined && resource !== undefined) throw notFound(resource, reference.name);
  refuseMissing(call, binding.metadata.name, role === undefined ? [] : rulesIn(role));
}

function rulesIn(role: KubeObject): readonly PolicyRule[] {
  return (role.rules ?? []) as readonly PolicyRule[]; // checked for its lists when it was stored
}

function refuseMissing(call: Call, name: string, wanted: readonly PolicyRule[]): void {
  const held = rulesOf(call.api.store, call.user, call.info.namespace);
  const missing = wanted.flatMap(singly).filter((rule) => !held.some((owned) => covers(owned, rule)));
  if (missing.length === 0) return;
  const groups = call.user.groups.map((group) => JSON.stringify(group)).join(" ");
  const who = `user "${call.user.username}" (groups=[${groups}])`;
  const why = `${who} is attempting to grant RBAC permissions not currently held:\n${missing.map(inWords).join("\n")}`;
  throw forbidden(resourceOf(call.info), name, why);
}

/** A rule as rules of one verb on one resource or path each, and of one name where it gives names (BreakdownRule). */
function singly(rule: PolicyRule): PolicyRule[] {
  const names = (rule.resourceNames ?? []).length === 0 ? [undefined] : (rule.resourceNames ?? []);
  return rule.verbs.flatMap((verb) => [
    ...(rule.apiGroups ?? []).flatMap((group) =>
      (rule.resources ?? []).flatMap((resource) =>
        names.map((name) => ({
          ...{ verbs: [verb], apiGroups: [group], resources: [resource] },
          ...(name === undefined ? {} : { resourceNames: [name] }),
        })),
      ),
    ),
    ...(rule.nonResourceURLs ?? []).map((url) => ({ verbs: [verb], nonResourceURLs: [url] })),
  ]);
}

/** Whether one held rule gives all of a single one (ruleCovers): a rule with names covers none without. */
function covers(owned: PolicyRule, wanted: PolicyRule): boolean {
  const all = (have: readonly string[] = [], want: readonly string[] = []): boolean =>
    have.includes("*") || want.every((each) => have.includes(each));
  if (!all(owned.verbs, wanted.verbs)) return false;
  if (wanted.nonResourceURLs !== undefined) {
    const paths = owned.nonResourceURLs ?? [];
    const under = (path: string, url: string) => path.endsWith("*") && url.startsWith(path.slice(0, -1));
    return wanted.nonResourceURLs.every((url) => paths.some((path) => path === url || under(path, url)));
  }
  const resources = (wanted.resources ?? []).every((resource) => {
    const subresource = resource.split("/")[1];
    const wild = subresource === undefined ? [] : [`*/${subresource}`];
    return ["*", resource, ...wild].some((each) => owned.resources?.includes(each));
  });
  const ownedNames = owned.resourceNames ?? [];
  const wantedNames = wanted.resourceNames ?? [];
  const names =
    ownedNames.length === 0 || (wantedNames.length > 0 && wantedNames.every((name) => ownedNames.includes(name)));
  return all(owned.apiGroups, wanted.apiGroups) && resources && names;
}

function inWords({ verbs, apiGroups, resources, resourceNames, nonResourceURLs }: PolicyRule): string {
  const parts = { APIGroups: apiGroups, Resources: resources, ResourceNames: resourceNames };
  const all = { ...parts, NonResourceURLs: nonResourceURLs, Verbs: verbs };
  const given = Object.entries(all).filter(([, list]) => list !== undefined);
  return `{${given.map(([name, list]) => `${name}:${JSON.stringify(list)}`).join(", ")}}`;
}
