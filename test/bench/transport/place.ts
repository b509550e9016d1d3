import { type Connection, connect } from "#cluster/connection.ts";
import { ExecChannel } from "#cluster/exec/channel.ts";
import { openExec } from "#cluster/exec/handshake.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import type { Target } from "#contract/target.ts";
import { Session } from "#reach/session.ts";
import { runningContainers } from "#test/differential/containers.ts";

/** The connection to a cluster, by another port where something stands in between. */
export function connectionTo(kubeconfig: string, port?: number): Connection {
  const config = ownKubeconfig(kubeconfig, "muster");
  if (port !== undefined) {
    config.clusters = config.clusters.map((each) => ({ ...each, server: `https://127.0.0.1:${port}` }));
  }
  return connect("muster", config);
}

/** The one container of a sample pod. */
export async function containerOf(connection: Connection, pod: string): Promise<Target> {
  const [target] = await runningContainers(connection, "demo", [pod]);
  if (target === undefined) throw new Error(`pod ${pod} does not run`);
  return target;
}

/** A session whose silences are other than 60 s. */
export async function sessionWithIdle(connection: Connection, target: Target, idleMs: number): Promise<Session> {
  const socket = await openExec(connection, target, ["/bin/sh"]);
  const open = (listener: ConstructorParameters<typeof ExecChannel>[1]) => new ExecChannel(socket, listener);
  const session = new Session({ shell: ["/bin/sh"], idleMs, open, stop: async () => undefined });
  await session.greet();
  return session;
}

/** How long something takes, in milliseconds. */
export async function timed(run: () => Promise<unknown>): Promise<number> {
  const begun = performance.now();
  await run();
  return performance.now() - begun;
}
