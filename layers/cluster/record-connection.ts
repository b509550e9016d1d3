import https from "node:https";
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
  const agent = new https.Agent({ keepAlive: true, maxSockets: 64, timeout: 0 });
  let current = await ports.record(false);
  let renewing: Promise<boolean> | undefined;
  async function renew(): Promise<boolean> {
    const before = JSON.stringify(current);
    current = await ports.record(true);
    return JSON.stringify(current) !== before;
  }
  return {
    cluster,
    server: new URL(current.server.endsWith("/") ? current.server : `${current.server}/`),
    async authorize() {
      current = await ports.record(false);
      const ca = Buffer.from(current.caData, "base64");
      const headers: Record<string, string> = { "User-Agent": "muster" };
      const shared = { agent, ca, headers, ...(current.tlsServerName && { servername: current.tlsServerName }) };
      if (current.kind === "certificate") {
        const [cert, key] = [current.certData, current.keyData].map((data) => Buffer.from(data, "base64"));
        return { ...shared, cert, key };
      }
      headers.Authorization = `Bearer ${current.kind === "eks" ? await ports.mint(current) : current.token}`;
      return shared;
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
  const agent = new https.Agent({ keepAlive: true, maxSockets: 64, timeout: 0 });
  return {
    cluster,
    server: new URL(record.server.endsWith("/") ? record.server : `${record.server}/`),
    authorize: async () => ({
      agent,
      ca: Buffer.from(record.caData, "base64"),
      headers: { "User-Agent": "muster", Authorization: `Bearer ${token}` },
      ...(record.tlsServerName && { servername: record.tlsServerName }),
    }),
    as: (other) => byToken(cluster, record, other),
    close: () => agent.destroy(),
  };
}
