import type { TargetEntry } from "#contract/request.ts";

/** Where a grant holds: one namespace or all of them, every pod in it or those named, and whether pods are listed. */
export interface Scope {
  /** Undefined: all namespaces, present and future. */
  readonly namespace: string | undefined;
  /** Undefined: every pod. */
  readonly pods: readonly string[] | undefined;
  /** False when every pod is asked for by its name. */
  readonly lists: boolean;
}

/**
 * What the entries of a request need of one cluster, one scope a namespace. An entry without namespaces needs all of
 * them, and then the others need nothing more.
 */
export function scopesOf(entries: readonly TargetEntry[]): readonly Scope[] {
  const scopes = entries.flatMap((entry) => {
    // A name list in the published bucket is not known here; with a selector, names are looked for in a list.
    const lists = entry.labelSelector !== undefined || (entry.pods === undefined && entry.podsFrom === undefined);
    return (entry.namespaces ?? [undefined]).map((namespace): Scope => ({ namespace, pods: entry.pods, lists }));
  });
  if (scopes.some(({ namespace }) => namespace === undefined)) return [joined(scopes, undefined)];
  const groups = Map.groupBy(scopes, ({ namespace }) => namespace);
  return [...groups].map(([namespace, group]) => joined(group, namespace));
}

function joined(scopes: readonly Scope[], namespace: string | undefined): Scope {
  const named = namespace !== undefined && scopes.every(({ pods }) => pods !== undefined);
  const pods = named ? [...new Set(scopes.flatMap((scope) => scope.pods ?? []))].sort() : undefined;
  return { namespace, pods, lists: scopes.some(({ lists }) => lists) };
}
