import type { Connection } from "#cluster/connection.ts";
import { ExecChannel } from "#cluster/exec/channel.ts";
import { openExec } from "#cluster/exec/handshake.ts";
import { patiently } from "#cluster/retry.ts";
import type { Target } from "#contract/target.ts";
import { execCommand, execOnce } from "../exec-once.ts";
import type { SessionLimits } from "../limits.ts";
import { SessionRefused } from "../loss.ts";
import { stopTree } from "../script.ts";
import { Session } from "../session.ts";
import { busybox } from "./form.ts";
import { whyNotInside } from "./refusal.ts";

const stopTimeoutMs = 10_000;

/** How a session is begun by way of another container of the pod. */
export interface Entrance {
  /** The container that the exec goes to: a toolbox or a sidecar. */
  readonly container: string;
  /** Argv that becomes the loop; with `-c` and a command behind it, it runs that and ends. */
  readonly loop: readonly string[];
  /** What runs each command with `-c`, from inside the loop. */
  readonly shell: readonly string[];
  /** What the loop is given to read before its first command. */
  readonly preamble?: string;
}

/** Opens a session by way of another container of the pod. Throws LookDenied, or a ScanError that says why not. */
export async function enter(
  connection: Connection,
  target: Target,
  entrance: Entrance,
  signal: AbortSignal,
  limits?: Partial<SessionLimits>,
): Promise<Session> {
  const place = { namespace: target.namespace, pod: target.pod, container: entrance.container };
  const socket = await patiently(() => openExec(connection, place, entrance.loop, { signal }), signal);
  const session = new Session({
    shell: entrance.shell,
    limits,
    // A command that goes alone has no preamble; none that needs one reaches past its own process.
    ...(entrance.preamble === undefined && {
      alone: (command, options) => execCommand(connection, place, entrance.loop, command, options),
    }),
    open: (listener) => {
      const channel = new ExecChannel(socket, listener);
      if (entrance.preamble !== undefined) channel.write(Buffer.from(entrance.preamble));
      return channel;
    },
    stop: async (pid) => {
      await execOnce(connection, place, [busybox, "sh", "-c", stopTree(pid)], {
        signal: AbortSignal.timeout(stopTimeoutMs),
      });
    },
  });
  try {
    await session.greet(signal);
    return session;
  } catch (error) {
    await session.close();
    throw error instanceof SessionRefused ? whyNotInside(error, target) : error;
  }
}
