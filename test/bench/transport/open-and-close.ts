import * as z from "zod";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { type Row, rowOf } from "../row.ts";
import { inOwnProcess } from "./own-process.ts";

const Left = z.strictObject({ sockets: z.number(), timers: z.number(), shells: z.number(), heapMiB: z.number() });

/** What a thousand sessions leave behind once each has answered and was closed. */
export async function openAndClose(cluster: EmbeddedCluster): Promise<readonly Row[]> {
  const client = new URL("./open-and-close-client.ts", import.meta.url);
  const left = Left.parse(await inOwnProcess(client, cluster.kubeconfig, "1000"));
  const row = (id: string, what: string, unit: string, sample: number, bar: "= 0" | "≤ 5") =>
    rowOf({ id: `transport.open-and-close.${id}`, what, unit, samples: [sample], bar });
  return [
    row("sockets", "sockets left after 1,000 sessions were opened, used and closed", "sockets", left.sockets, "= 0"),
    row("timers", "timers left after them", "timers", left.timers, "= 0"),
    row("shells", "shells of theirs that still run in the container", "processes", left.shells, "= 0"),
    row("heap", "growth of the heap after a collection", "MiB", left.heapMiB, "≤ 5"),
  ];
}
