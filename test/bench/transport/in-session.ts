import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { execOnce } from "#reach/exec-once.ts";
import { openShell } from "#reach/open-shell.ts";
import { median, type Row, rowOf } from "../row.ts";
import { connectionTo, containerOf, timed } from "./place.ts";

const rounds = 7;
const execsARound = 10;
const commandsARound = 60;

/** A command inside an open session against one exec WebSocket a command, in turns. */
export async function inSession(cluster: EmbeddedCluster): Promise<readonly Row[]> {
  const connection = connectionTo(cluster.kubeconfig);
  const target = await containerOf(connection, "weak");
  const session = await openShell(connection, target);
  const samples: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    const one: number[] = [];
    for (let count = 0; count < execsARound; count += 1) {
      one.push(await timed(() => execOnce(connection, target, ["/bin/sh", "-c", "true"])));
    }
    const inside: number[] = [];
    for (let count = 0; count < commandsARound; count += 1) inside.push(await timed(() => session.run("true")));
    samples.push(median(inside) / median(one));
  }
  await session.close();
  connection.close();
  const what = "one `true` inside an open session ÷ one exec WebSocket for it, no distance";
  return [rowOf({ id: "transport.in-session", what, unit: "ratio", samples, bar: "≤ 1/20" })];
}
