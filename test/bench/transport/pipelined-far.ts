import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { startDelayProxy } from "#embedded/cluster/delay-proxy.ts";
import { openShell } from "#reach/open-shell.ts";
import { type Row, rowOf } from "../row.ts";
import { connectionTo, containerOf, timed } from "./place.ts";

const rttMs = 60;
const commands = 200;
const rounds = 7;

/** 200 commands sent ahead over a long way against the same without distance. */
export async function pipelinedFar(cluster: EmbeddedCluster): Promise<readonly Row[]> {
  const proxy = await startDelayProxy({ targetPort: Number(new URL(cluster.server).port), rttMs: 0 });
  const connection = connectionTo(cluster.kubeconfig, proxy.port);
  const session = await openShell(connection, await containerOf(connection, "weak"));
  const batch = () => timed(() => Promise.all(Array.from({ length: commands }, () => session.run("true"))));
  await batch();
  const samples: number[] = [];
  for (let round = 0; round < rounds; round += 1) {
    proxy.setRtt(0);
    const near = await batch();
    proxy.setRtt(rttMs);
    samples.push(((await batch()) - rttMs) / near);
  }
  await session.close();
  connection.close();
  await proxy.close();
  const what = `${commands} pipelined \`true\` at ${rttMs} ms, less one round trip, ÷ the same at 0 ms`;
  return [rowOf({ id: "transport.pipelined-far", what, unit: "ratio", samples, bar: "≤ 2" })];
}
