import type { Connection } from "#cluster/connection.ts";
import type { ClusterRecord } from "#cluster/record.ts";
import { connectByRecord, type RecordPorts } from "#cluster/record-connection.ts";

export interface ClustersPorts {
  readonly record: (cluster: string, fresh: boolean) => Promise<ClusterRecord>;
  readonly mint: RecordPorts["mint"];
}

/**
 * One connection a cluster, kept from one task to the next. When a record names another server or proxy than before, the next task
 * gets a new connection; other credentials are the connection's own affair.
 */
export function clusterConnections({ record, mint }: ClustersPorts): (cluster: string) => Promise<Connection> {
  const open = new Map<string, { readonly way: string; readonly connection: Promise<Connection> }>();
  return async (cluster) => {
    const { server, proxyUrl = "" } = await record(cluster, false);
    const way = `${server} ${proxyUrl}`;
    const known = open.get(cluster);
    if (known?.way === way) return known.connection;
    known?.connection.then((each) => each.close()).catch(() => undefined);
    const connection = connectByRecord(cluster, { mint, record: (fresh) => record(cluster, fresh) });
    open.set(cluster, { way, connection });
    connection.catch(() => open.delete(cluster)); // a passing fault must not stick
    return connection;
  };
}
