import https from "node:https";
import { KubeConfig } from "@kubernetes/client-node";
import type { Connection } from "./connection.ts";
import type { ClusterRecord } from "./record.ts";

export interface RecordPorts {
  /** The record as it is now; with `fresh`, not out of any cache. */
  readonly record: (fresh: boolean) => Promise<ClusterRecord>;
  /** A bearer token for an EKS cluster, minted anew. */
  readonly mint: (eks: Extract<ClusterRecord, { kind: "eks" }>) => Promise<string>;
}

/**
 * Speaks to the cluster that a record describes. Credentials are asked for with each request, so a renewed record counts from
 * its next reading on; and when the server refuses those at hand, `renew` looks whether there are others.
 */
export async function connectByRecord(cluster: string, ports: RecordPorts): Promise<Connection> {
  let current = await ports.record(false);
  const agent = await agentFor(current);
  let renewing: Promise<boolean> | undefined;
  async function renew(): Promise<boolean> {
    const before = JSON.stringify(current);
    current = await ports.record(true);
    return JSON.stringify(current) !== before;
  }
  return {
    ...placeOf(cluster, current),
    async authorize() {
      current = await ports.record(false);
      const shared = sharedBy(current, agent);
      if (current.kind === "certificate") {
        const [cert, key] = [current.certData, current.keyData].map((data) => Buffer.from(data, "base64"));
        return { ...shared, cert, key };
      }
      const token = current.kind === "eks" ? await ports.mint(current) : current.token;
      return { ...shared, headers: { ...shared.headers, Authorization: `Bearer ${token}` } };
    },
    as: (token) => byToken(cluster, current, token),
    /** Requests that are refused at the same moment share one reading. */
    renew() {
      renewing ??= renew().finally(() => {
        renewing = undefined;
      });
      return renewing;
    },
    close() {
      agent.destroy();
    },
  };
}

/** The same server for whoever holds this bearer token, which is never renewed. */
function byToken(cluster: string, record: ClusterRecord, token: string): Connection {
  let agent: Promise<https.Agent> | undefined;
  return {
    ...placeOf(cluster, record),
    async authorize() {
      agent ??= agentFor(record);
      const shared = sharedBy(record, await agent);
      return { ...shared, headers: { ...shared.headers, Authorization: `Bearer ${token}` } };
    },
    as: (other) => byToken(cluster, record, other),
    close: () => void agent?.then((opened) => opened.destroy()).catch(() => undefined),
  };
}

const placeOf = (cluster: string, { server, proxyUrl }: ClusterRecord) => ({
  ...{ cluster, server: new URL(server.endsWith("/") ? server : `${server}/`) },
  ...(proxyUrl !== undefined && { proxy: new URL(proxyUrl) }),
});

const sharedBy = ({ caData, tlsServerName }: ClusterRecord, agent: https.Agent) => ({
  ...{ agent, ca: Buffer.from(caData, "base64"), headers: { "User-Agent": "muster" } },
  ...(tlsServerName && { servername: tlsServerName }),
});

/** A pool of connections; behind a proxy the agent that client-node makes for a kubeconfig's `proxy-url`. */
async function agentFor({ server, caData, proxyUrl }: ClusterRecord): Promise<https.Agent> {
  if (proxyUrl === undefined) return new https.Agent({ keepAlive: true, maxSockets: 64, timeout: 0 });
  const config = new KubeConfig();
  const place = { name: "proxied", server, caData, proxyUrl, skipTLSVerify: false };
  config.loadFromClusterAndUser(place, { name: "by-request" });
  const options: https.RequestOptions = {};
  await config.applyToHTTPSOptions(options);
  return options.agent as https.Agent; // client-node sets one for every cluster with a proxy
}
