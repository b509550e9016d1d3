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

/**
 * A node's architecture in Go's words, such as `arm64`, for images that have several. Undefined where nodes may not be read,
 * or where the node is gone.
 */
export async function nodeArchitecture(
  connection: Connection,
  node: string,
  signal: AbortSignal,
): Promise<string | undefined> {
  try {
    const request = { path: `api/v1/nodes/${encodeURIComponent(node)}`, what: `read node ${node}`, signal };
    const found = (await patiently(() => ask(connection, request), signal)) as {
      readonly status?: { readonly nodeInfo?: { readonly architecture?: string } };
    }; // the API server's own schema
    return found.status?.nodeInfo?.architecture;
  } catch (error) {
    if ([403, 404].includes(refusedWith(error) ?? 0)) return undefined;
    throw error;
  }
}
