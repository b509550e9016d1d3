import { type Target, targetName } from "#contract/target.ts";
import type { Connection } from "../connection.ts";
import { containersOf, type FoundContainer } from "../containers.ts";
import { openExec } from "../exec/handshake.ts";
import { listPods, readPod } from "../pods.ts";
import { HopFault } from "./hops.ts";
import { inWords, type Place } from "./permissions.ts";

export interface Where extends Place {
  readonly container?: string | undefined;
}

/** A container to try: the one that is named, else the first that runs. */
export async function chooseContainer(connection: Connection, where: Where, signal: AbortSignal): Promise<Target> {
  const { namespace, pod, container } = where;
  const fits = ({ target }: FoundContainer) => container === undefined || target.container === container;
  if (namespace !== undefined && pod !== undefined) {
    const found = await readPod(connection, namespace, pod, signal);
    if (found === undefined) throw nothing(`there is no pod ${pod} in namespace ${namespace}`);
    const all = containersOf(connection.cluster, found, ["containers", "initContainers", "ephemeralContainers"]);
    const choice = all.filter(fits);
    const running = choice.find((each) => each.running);
    if (running !== undefined) return running.target;
    const [first] = choice;
    if (first !== undefined) throw new HopFault("not-running", `${targetName(first.target)}: ${first.state}`);
    const names = all.map(({ target }) => target.container).join(", ");
    throw nothing(`pod ${pod} has no container ${container}; it has ${names}`);
  }
  for await (const each of listPods(connection, { namespace, signal })) {
    const running = containersOf(connection.cluster, each, ["containers"]).find((one) => fits(one) && one.running);
    if (running !== undefined) return running.target;
  }
  throw nothing(`no container runs ${inWords(where)}${container === undefined ? "" : ` under the name ${container}`}`);
}

const nothing = (message: string) => new HopFault("nothing-matched", message);

/** Upgrades an exec request to a WebSocket and lets go of it. Gives the sub-protocol that was agreed on. */
export async function tryUpgrade(connection: Connection, target: Target, signal: AbortSignal): Promise<string> {
  const socket = await openExec(connection, target, ["/bin/sh"], { signal });
  const { protocol } = socket;
  socket.terminate();
  return protocol;
}
