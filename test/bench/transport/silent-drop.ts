import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { ReopeningShell } from "#reach/reopening.ts";
import { type Row, rowOf } from "../row.ts";
import { type ForgetfulProxy, startForgetfulProxy } from "./forgetful-proxy.ts";
import { connectionTo, containerOf, sessionWithIdle } from "./place.ts";

/** Scaled down from a load balancer's 350 s and the session's 60 s. */
const forgetsAfterMs = 1750;
const rounds = 3;

/** A hop that silently forgets idle connections: no-ops keep the session alive, and where they come too late it reopens. */
export async function silentDrop(cluster: EmbeddedCluster): Promise<readonly Row[]> {
  const proxy = await startForgetfulProxy(Number(new URL(cluster.server).port), forgetsAfterMs);
  const kept = await Promise.all(Array.from({ length: rounds }, () => afterSilence(cluster, proxy, 300)));
  const before = proxy.forgotten();
  const found = await Promise.all(
    Array.from({ length: rounds }, () => afterSilence(cluster, proxy, 2 * forgetsAfterMs)),
  );
  const dropped = proxy.forgotten() - before;
  proxy.close();
  if (dropped < rounds) throw new Error(`the proxy forgot ${dropped} connections; the second row measures nothing`);
  return [
    rowOf({
      id: "transport.idle.kept",
      what: "commands answered by the same session after a silence three times as long as the hop's memory",
      ...{
        unit: "share",
        samples: kept.map(({ answered, sessions }) => Number(answered && sessions === 1)),
        bar: "= 1",
      },
    }),
    rowOf({
      id: "transport.idle.reopened",
      what: "commands answered after the hop forgot the session between two no-ops; it was re-opened before use",
      ...{
        unit: "share",
        samples: found.map(({ answered, sessions }) => Number(answered && sessions === 2)),
        bar: "= 1",
      },
    }),
  ];
}

/** One session whose no-ops come each `idleMs`; when the silence is over, or the session is known lost, one command. */
async function afterSilence(cluster: EmbeddedCluster, proxy: ForgetfulProxy, idleMs: number) {
  const connection = connectionTo(cluster.kubeconfig, proxy.port);
  const target = await containerOf(connection, "weak");
  let sessions = 0;
  const open = () => {
    sessions += 1;
    return sessionWithIdle(connection, target, idleMs);
  };
  const first = await open();
  const shell = new ReopeningShell({ first, open });
  const until = performance.now() + (idleMs < forgetsAfterMs ? 3 * forgetsAfterMs : 30_000);
  while (first.open && performance.now() < until) await new Promise((resolve) => setTimeout(resolve, 50));
  const answer = await shell.run("echo back", { timeoutMs: 10_000 }).catch(() => undefined);
  await shell.close();
  connection.close();
  return { answered: Buffer.from(answer?.stdout ?? []).toString() === "back\n", sessions };
}
