import { request } from "node:https";
import type { KubeConfig } from "@kubernetes/client-node";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { kubeConfig } from "./cluster.ts";

export interface Answer {
  readonly code: number;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: answers of an API under test, looked at field by field in assertions
  readonly json: any;
}

export interface Ask {
  readonly method?: string;
  readonly body?: object;
  readonly type?: string;
  readonly accept?: string;
  /** Instead of a context's credentials: this bearer token, or none at all with "". */
  readonly token?: string;
  readonly context?: string;
}

/** One plain HTTPS request to the cluster's API, as the scanner unless said otherwise. */
export async function ask(cluster: EmbeddedCluster, path: string, options: Ask = {}): Promise<Answer> {
  const config = kubeConfig(cluster, options.context ?? "muster");
  const body = options.body === undefined ? undefined : JSON.stringify(options.body);
  const { promise, resolve, reject } = Promise.withResolvers<Answer>();
  const outgoing = request(`${cluster.server}${path}`, {
    ...{ method: options.method ?? "GET", ca: caOf(config), agent: false },
    ...(options.token === undefined ? credentialsOf(config) : {}),
    headers: {
      Accept: options.accept ?? "application/json",
      ...(body === undefined ? {} : { "Content-Type": options.type ?? "application/json" }),
      ...(options.token === undefined ? tokenOf(config) : options.token === "" ? {} : bearer(options.token)),
    },
  });
  outgoing.once("error", reject);
  outgoing.once("response", (response) => {
    const chunks: Uint8Array[] = [];
    response.on("data", (chunk: Uint8Array) => chunks.push(chunk));
    response.once("error", reject);
    response.once("end", () => {
      const text = Buffer.concat(chunks).toString();
      resolve({
        ...{ code: response.statusCode ?? 0, headers: response.headers, text },
        get json() {
          return JSON.parse(text);
        },
      });
    });
  });
  outgoing.end(body);
  return promise;
}

export function caOf(config: KubeConfig): Buffer {
  return Buffer.from(config.getCurrentCluster()?.caData ?? "", "base64");
}

function credentialsOf(config: KubeConfig) {
  const user = config.getCurrentUser();
  if (!user?.certData || !user.keyData) return {};
  return { cert: Buffer.from(user.certData, "base64"), key: Buffer.from(user.keyData, "base64") };
}

export function tokenOf(config: KubeConfig): Record<string, string> {
  const token = config.getCurrentUser()?.token;
  return token ? bearer(token) : {};
}

function bearer(token: string): Record<string, string> {
  return { Authorization: `Bearer ${token}` };
}
