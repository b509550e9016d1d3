import type { Connection } from "#cluster/connection.ts";
import { ExecChannel } from "#cluster/exec/channel.ts";
import { openExec } from "#cluster/exec/handshake.ts";
import { patiently } from "#cluster/retry.ts";
import type { Target } from "#contract/target.ts";
import { execAlone } from "../exec-alone.ts";
import { execOnce } from "../exec-once.ts";
import type { SessionLimits } from "../limits.ts";
import { SessionRefused } from "../loss.ts";
import { Session } from "../session.ts";
import { stopTree } from "../stopping.ts";
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

export interface EnterOptions {
  readonly signal: AbortSignal;
  readonly limits?: Partial<SessionLimits> | undefined;
  /** Long texts that many commands end with: each is sent once. */
  readonly known?: readonly string[] | undefined;
}

/** Opens a session by way of another container of the pod. Throws LookDenied, or a ScanError that says why not. */
export async function enter(
  connection: Connection,
  target: Target,
  entrance: Entrance,
  { signal, limits, known }: EnterOptions,
): Promise<Session> {
  const place = { namespace: target.namespace, pod: target.pod, container: entrance.container };
  const { loop, shell, preamble } = entrance;
  const socket = await patiently(() => openExec(connection, place, loop, { signal }), signal);
  const stop = async (pid: number, parent?: number) => {
    const signal = AbortSignal.timeout(stopTimeoutMs);
    await execOnce(connection, place, [busybox, "sh", "-c", stopTree(pid, parent)], { signal });
  };
  const session = new Session({
    ...{ shell, limits, known, stop },
    // A command that goes alone has no preamble; none that needs one reaches past its own process.
    ...(preamble === undefined && {
      alone: (command, options) =>
        execAlone({ connection, target: place, shell, entrance: loop, stop, limits }, command, options),
    }),
    open: (listener) => {
      const channel = new ExecChannel(socket, listener);
      if (preamble !== undefined) channel.write(Buffer.from(preamble));
      return channel;
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
