import { ask } from "../api.ts";
import type { Connection } from "../connection.ts";
import { isAllowed } from "../grant/access-review.ts";
import { createExec, getExec, listPods, patchEphemeral, type Right, seePods, wantsCreate } from "../grant/rights.ts";
import { refusedWith } from "../status.ts";
import { HopFault } from "./hops.ts";

/** Where the doctor is asked to look. */
export interface Place {
  /** Undefined: all namespaces. */
  readonly namespace?: string | undefined;
  /** Undefined: any pod. */
  readonly pod?: string | undefined;
}

/** One right, whether it is held, and what lacks without it. */
export interface Permission extends Right {
  readonly allowed: boolean;
  /** A scan cannot do without; what only the toolbox needs, or a later Kubernetes, is told and not demanded. */
  readonly needed: boolean;
}

/**
 * Asks for every right that a scan of this place uses, all at once. A pod that is named needs no list. Empty where the
 * cluster refuses access reviews themselves, which says nothing about the rights.
 */
export async function permissionsFor(
  connection: Connection,
  place: Place,
  serverVersion: string | undefined,
  signal: AbortSignal,
): Promise<readonly Permission[]> {
  const wanted: readonly (readonly [Right, boolean])[] = [
    ...(place.pod === undefined ? [[listPods, true] as const] : []),
    ...seePods.map((right) => [right, true] as const),
    [getExec, true],
    [createExec, wantsCreate(serverVersion)],
    [patchEphemeral, false],
  ];
  const asked = Promise.all(
    wanted.map(async ([right, needed]) => {
      const name = right.verb === "list" ? undefined : place.pod;
      const allowed = await isAllowed(connection, right, { namespace: place.namespace, name }, { signal });
      return { ...right, allowed, needed };
    }),
  );
  return asked.catch((error: unknown) => {
    if (refusedWith(error) === 403) return [];
    throw error;
  });
}

/** `forbidden` with every needed right that is missing: verb, resource and namespace. */
export function missingFault(permissions: readonly Permission[], place: Place): HopFault | undefined {
  const missing = permissions.filter(({ needed, allowed }) => needed && !allowed);
  if (missing.length === 0) return undefined;
  const verbs = missing.map(({ verb, resource }) => `${verb} ${resource}`).join(", ");
  const message = `missing ${inWords(place)}: ${verbs}`;
  const flags = place.namespace === undefined ? "" : ` -n ${place.namespace}${place.pod ? ` --pod ${place.pod}` : ""}`;
  const advice =
    place.namespace === undefined
      ? "Name the namespace with -n; or `muster grant` with a request that names none prints a ClusterRole."
      : `\`muster grant${flags}\` prints a role that holds them; apply it as an administrator.`;
  return new HopFault("forbidden", message, advice);
}

/** `in namespace shop, pod web`, for messages. */
export function inWords({ namespace, pod }: Place): string {
  if (namespace === undefined) return "in all namespaces";
  return `in namespace ${namespace}${pod === undefined ? "" : `, pod ${pod}`}`;
}

/** The server's version as whoever is logged in sees it, where it was not told to everybody. */
export async function versionOf(connection: Connection, signal: AbortSignal): Promise<string | undefined> {
  const answer = await ask(connection, { path: "version", what: "read the server's version", signal }).catch(
    () => undefined,
  );
  const version = (answer as { gitVersion?: unknown } | undefined)?.gitVersion; // checked in the next line
  return typeof version === "string" ? version : undefined;
}
