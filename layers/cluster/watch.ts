import https from "node:https";
import type { V1Pod } from "@kubernetes/client-node";
import type { Connection } from "./connection.ts";
import { isProxy } from "./proxy.ts";

/** What a watch tells of one pod: how it is now, or that it is gone. */
export type PodEvent = { readonly kind: "seen"; readonly pod: V1Pod } | { readonly kind: "gone" };

const longestLineBytes = 4 * 1024 * 1024;
const pauseMs = 1_000;

/**
 * Tells of every change of one pod until the signal aborts. A watch that ends or fails is begun again after a pause; one
 * that is forbidden is given up, since it only tells earlier what the last look at the pod tells anyway.
 */
export async function watchPod(
  connection: Connection,
  namespace: string,
  pod: string,
  tell: (event: PodEvent) => void,
  signal: AbortSignal,
): Promise<void> {
  while (!signal.aborted) {
    const status = await once(connection, namespace, pod, tell, signal).catch(() => 0);
    if (status === 401 || status === 403) return;
    await new Promise<void>((resolve) => {
      const timer = setTimeout(resolve, pauseMs);
      signal.addEventListener("abort", () => {
        clearTimeout(timer);
        resolve();
      });
    });
  }
}

/** One watch to its end; gives the HTTP status. */
async function once(
  connection: Connection,
  namespace: string,
  pod: string,
  tell: (event: PodEvent) => void,
  signal: AbortSignal,
): Promise<number> {
  const url = new URL(`api/v1/namespaces/${namespace}/pods`, connection.server);
  url.searchParams.set("watch", "true");
  url.searchParams.set("fieldSelector", `metadata.name=${pod}`);
  const { agent, ...options } = await connection.authorize();
  const { promise, resolve, reject } = Promise.withResolvers<number>();
  // A watch holds its socket for as long as the scan takes: out of the pool it would be missed there.
  const request = https.request(url, { ...options, signal, agent: isProxy(agent) ? agent : false });
  request.on("error", reject);
  request.on("response", (response) => {
    let rest = "";
    response.setEncoding("utf8");
    response.on("data", (text: string) => {
      const lines = (rest + text).split("\n");
      rest = lines.pop() ?? "";
      if (rest.length > longestLineBytes) request.destroy();
      if (response.statusCode === 200) for (const line of lines) tellOf(line, tell);
    });
    response.on("error", reject);
    response.on("end", () => resolve(response.statusCode ?? 0));
  });
  request.end();
  return promise;
}

function tellOf(line: string, tell: (event: PodEvent) => void): void {
  let event: { type?: string; object?: V1Pod };
  try {
    event = JSON.parse(line);
  } catch {
    return;
  }
  if (event.type === "DELETED") tell({ kind: "gone" });
  else if ((event.type === "ADDED" || event.type === "MODIFIED") && event.object !== undefined) {
    tell({ kind: "seen", pod: event.object });
  }
}
