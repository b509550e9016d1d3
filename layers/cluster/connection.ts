import https from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import { ScanError } from "#contract/errors.ts";
import type { Route } from "./hop.ts";

/** Everything that a request to one API server needs: where, over what, and as whom. */
export interface Connection extends Route {
  /** The cluster's name in muster: part of every key and message. */
  readonly cluster: string;
  /** TLS material, agent and headers for one request. Credential plugins run here, so it is asked anew each time. */
  authorize(): Promise<https.RequestOptions>;
  /** The same way to the same server, as whoever holds this bearer token and as nobody else. */
  as(token: string): Connection;
  /** Looks for newer credentials after the server refused these; true when there are. Without it there never are. */
  renew?(): Promise<boolean>;
  close(): void;
}

/** A credential plugin may wait for somebody who logs in elsewhere; somebody who is not there. */
const longestLogInMs = 60_000;

/** Speaks to the current context of a kubeconfig: CA, client certificate, token, `tls-server-name` and `proxy-url`. */
export function connect(cluster: string, config: KubeConfig, logInMs = longestLogInMs): Connection {
  const record = config.getCurrentCluster();
  if (record === null) throw new ScanError("bad-request", `cluster ${cluster}: the kubeconfig names no server`);
  const agent = record.proxyUrl ? undefined : new https.Agent({ keepAlive: true, maxSockets: 64, timeout: 0 });
  return {
    cluster,
    ...(record.proxyUrl && { proxy: new URL(record.proxyUrl) }),
    server: new URL(record.server.endsWith("/") ? record.server : `${record.server}/`),
    async authorize() {
      const options: https.RequestOptions = {};
      try {
        await within(logInMs, config.applyToHTTPSOptions(options));
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new ScanError("unauthenticated", `cluster ${cluster}: no credentials: ${why}`, { cause: error });
      }
      // The kubeconfig's own agent opens a connection a request: three round trips each over a VPN.
      if (agent !== undefined) options.agent = agent;
      options.headers = { ...trimmed(options.headers, cluster), "User-Agent": "muster" };
      return options;
    },
    as(token) {
      const other = new KubeConfig();
      other.loadFromClusterAndUser(record, { name: "token", token });
      return connect(cluster, other, logInMs);
    },
    close() {
      agent?.destroy();
    },
  };
}

async function within(ms: number, credentials: Promise<void>): Promise<void> {
  const late = Promise.withResolvers<never>();
  const text = `none within ${ms / 1000} s; does a credential plugin wait for somebody to log in?`;
  const timer = setTimeout(() => late.reject(new Error(text)), ms);
  await Promise.race([credentials, late.promise]).finally(() => clearTimeout(timer));
}

/** A file with a token often ends in a line's end, which no header may hold. */
function trimmed(headers: https.RequestOptions["headers"], cluster: string) {
  const own = Object.entries(headers ?? {}).map(([name, value]) => [name, String(value).trim()] as const);
  for (const [name, value] of own) {
    if (/[^\t\x20-\x7e\x80-\xff]/.test(value)) {
      throw new ScanError("unauthenticated", `cluster ${cluster}: ${name}: holds characters that no header may hold`);
    }
  }
  return Object.fromEntries(own);
}
