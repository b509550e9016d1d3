import { createExec, getExec, listPods, patchEphemeral, type Right, seePods } from "./rights.ts";
import type { Scope } from "./scope.ts";

/** rbac.authorization.k8s.io/v1 PolicyRule, as far as muster writes it. */
export interface PolicyRule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

export interface Extent {
  /** `create` on pods/exec besides `get`. */
  readonly create: boolean;
  readonly toolbox: boolean;
}

/**
 * The rules of a Role that lets a scan look at a scope, and nothing more. A list cannot be narrowed by resourceNames, so
 * it stands in a rule of its own beside those with names; get, exec and a watch by `metadata.name` can.
 */
export function rulesFor(scope: Scope, { create, toolbox }: Extent): readonly PolicyRule[] {
  const rights = [...seePods, getExec, ...(create ? [createExec] : []), ...(toolbox ? [patchEphemeral] : [])];
  if (scope.pods === undefined) return grouped([...(scope.lists ? [listPods] : []), ...rights]);
  return [...(scope.lists ? grouped([listPods]) : []), ...grouped(rights, scope.pods)];
}

/** One rule a resource, for these names or for any. */
export function grouped(rights: readonly Right[], pods?: readonly string[]): readonly PolicyRule[] {
  return [...Map.groupBy(rights, ({ resource }) => resource)].map(([resource, same]) => ({
    apiGroups: [""],
    resources: [resource],
    ...(pods && { resourceNames: pods }),
    verbs: same.map(({ verb }) => verb),
  }));
}
