import { setTimeout as sleep } from "node:timers/promises";
import { connect } from "#cluster/connection.ts";
import { containersOf } from "#cluster/containers.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { readPod } from "#cluster/pods.ts";
import type { Target } from "#contract/target.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { startDelayProxy } from "#embedded/cluster/delay-proxy.ts";
import { openShell } from "#reach/open-shell.ts";
import { processesIn } from "#test/support/container-processes.ts";
import { type Row, rowOf } from "../row.ts";

const scans = 200;
const atOnce = 5;
/** An exec takes so long to open and to answer a few commands; some are killed before, some in their midst. */
const longestLifeMs = 400;
/** A command that runs when its scan dies goes on to its own end, as with every exec. */
const patienceMs = 30_000;

/** Cuts 200 exec sessions at random points, as a killed process does, and counts the processes that stay in the container. */
export async function execsAfterKills(cluster: EmbeddedCluster): Promise<readonly Row[]> {
  const config = ownKubeconfig(cluster.kubeconfig, "muster");
  const connection = connect("demo", config);
  const pod = await readPod(connection, "demo", "weak");
  const target = pod && containersOf("demo", pod, ["containers"])[0]?.target;
  connection.close();
  if (target === undefined) throw new Error("the sample workloads have this pod");
  const count = () => processesIn(target.containerId).length;
  const before = count();
  let atMost = before;
  for (let begun = 0; begun < scans; begun += atOnce) {
    await Promise.all(Array.from({ length: atOnce }, () => killedSession(cluster, target)));
    atMost = Math.max(atMost, count());
  }
  for (const deadline = Date.now() + patienceMs; count() > before && Date.now() < deadline; ) {
    await sleep(100);
  }
  const what = `processes in a container after ${scans} exec sessions into it were cut at random points (${atMost - before} at most just after)`;
  const left = count() - before;
  return [rowOf({ id: "reach.leftovers-after-kills.execs", what, unit: "processes", samples: [left], bar: "= 0" })];
}

/** A session over a hop of its own, which is gone after a while: nothing tidies up on this side. */
async function killedSession(cluster: EmbeddedCluster, target: Target): Promise<void> {
  const hop = await startDelayProxy({ targetPort: Number(new URL(cluster.server).port), rttMs: 0 });
  const config = ownKubeconfig(cluster.kubeconfig, "muster");
  config.clusters = config.clusters.map((each) => ({ ...each, server: `https://127.0.0.1:${hop.port}` }));
  const connection = connect("demo", config);
  const life = async () => {
    const session = await openShell(connection, target);
    for (;;) await session.run("find / -xdev -type f -perm -4000 2>/dev/null; cat /etc/passwd");
  };
  const lived = life().catch(() => undefined);
  await sleep(Math.random() * longestLifeMs);
  hop.reset();
  await hop.close();
  await lived;
  connection.close();
}
