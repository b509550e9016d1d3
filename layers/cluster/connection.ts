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

/** Speaks to the current context of a kubeconfig: CA, client certificate, token, `tls-server-name` and `proxy-url`. */
export function connect(cluster: string, config: KubeConfig): Connection {
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
        await config.applyToHTTPSOptions(options);
      } catch (error) {
        const why = error instanceof Error ? error.message : String(error);
        throw new ScanError("unauthenticated", `cluster ${cluster}: no credentials: ${why}`, { cause: error });
      }
      // The kubeconfig's own agent opens a connection a request: three round trips each over a VPN.
      if (agent !== undefined) options.agent = agent;
      options.headers = { ...options.headers, "User-Agent": "muster" };
      return options;
    },
    as(token) {
      const other = new KubeConfig();
      other.loadFromClusterAndUser(record, { name: "token", token });
      return connect(cluster, other);
    },
    close() {
      agent?.destroy();
    },
  };
}
