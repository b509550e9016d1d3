import type { V1Pod, V1PodList } from "@kubernetes/client-node";
import { type ApiRequest, ask } from "./api.ts";
import type { Connection } from "./connection.ts";
import { patiently } from "./retry.ts";
import { refusedWith } from "./status.ts";

const pageSize = "250";

const askPatiently = (connection: Connection, request: ApiRequest) =>
  patiently(() => ask(connection, request), request.signal);

export interface PodQuery {
  /** Absent: all namespaces. */
  readonly namespace?: string | undefined;
  readonly labelSelector?: string | undefined;
  readonly signal?: AbortSignal | undefined;
}

/** All pods that match, by pages. A list that expires half-way (410) starts again, and gives no pod twice. */
export async function* listPods(connection: Connection, query: PodQuery): AsyncGenerator<V1Pod> {
  const path = query.namespace === undefined ? "api/v1/pods" : `api/v1/namespaces/${query.namespace}/pods`;
  const what = `list pods in ${query.namespace === undefined ? "all namespaces" : `namespace ${query.namespace}`}`;
  const seen = new Set<string>();
  let resume: string | undefined;
  do {
    let page: V1PodList;
    try {
      page = (await askPatiently(connection, {
        path,
        what,
        signal: query.signal,
        query: { limit: pageSize, continue: resume, labelSelector: query.labelSelector },
      })) as V1PodList; // the API server's own schema
    } catch (error) {
      if (resume === undefined || refusedWith(error) !== 410) throw error;
      yield* freshPods(listPods(connection, query), seen);
      return;
    }
    yield* freshPods(page.items ?? [], seen);
    // On the wire the field is `continue`; the client's own type renames it to spare the keyword.
    resume = (page.metadata as { continue?: string } | undefined)?.continue || undefined;
  } while (resume !== undefined);
}

async function* freshPods(pods: Iterable<V1Pod> | AsyncIterable<V1Pod>, seen: Set<string>): AsyncGenerator<V1Pod> {
  for await (const pod of pods) {
    const uid = pod.metadata?.uid ?? "";
    if (!seen.has(uid)) yield pod;
    seen.add(uid);
  }
}

/** One pod, or undefined when there is none of this name. */
export async function readPod(
  connection: Connection,
  namespace: string,
  pod: string,
  signal?: AbortSignal,
): Promise<V1Pod | undefined> {
  const path = `api/v1/namespaces/${namespace}/pods/${pod}`;
  try {
    return (await askPatiently(connection, { path, what: `read pod ${namespace}/${pod}`, signal })) as V1Pod;
  } catch (error) {
    if (refusedWith(error) === 404) return undefined;
    throw error;
  }
}

/** The server's version as it prints it: `v1.36.2`. */
export async function serverVersion(connection: Connection, signal?: AbortSignal): Promise<string> {
  const version = await askPatiently(connection, { path: "version", what: "read the server's version", signal });
  return String((version as { gitVersion?: string }).gitVersion ?? "unknown");
}
