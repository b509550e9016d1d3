import { ask } from "./api.ts";
import type { Connection } from "./connection.ts";
import { patiently } from "./retry.ts";
import { refusedWith } from "./status.ts";

/**
 * Names of the cluster's Windows nodes, by the label that every kubelet sets. None where nodes may not be listed: then only
 * the pods themselves say what they run on.
 */
export async function windowsNodes(connection: Connection, signal: AbortSignal): Promise<ReadonlySet<string>> {
  const query = { labelSelector: "kubernetes.io/os=windows" };
  try {
    const request = { path: "api/v1/nodes", what: "list Windows nodes", query, signal };
    const list = (await patiently(() => ask(connection, request), signal)) as {
      readonly items?: readonly { readonly metadata?: { readonly name?: string } }[];
    }; // the API server's own schema
    return new Set(list.items?.map(({ metadata }) => metadata?.name ?? ""));
  } catch (error) {
    if (refusedWith(error) === 403) return new Set();
    throw error;
  }
}
