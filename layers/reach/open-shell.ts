import type { Connection } from "#cluster/connection.ts";
import { ExecChannel } from "#cluster/exec/channel.ts";
import { openExec } from "#cluster/exec/handshake.ts";
import { patiently } from "#cluster/retry.ts";
import { ScanError } from "#contract/errors.ts";
import type { Target } from "#contract/target.ts";
import { targetName } from "#contract/target.ts";
import { execAlone } from "./exec-alone.ts";
import { execOnce } from "./exec-once.ts";
import { greeted } from "./greeted.ts";
import type { SessionLimits } from "./limits.ts";
import { SessionRefused } from "./loss.ts";
import { refusal } from "./refusal.ts";
import { Session } from "./session.ts";
import { stopTree } from "./stopping.ts";
import { isOfWindows, meaningOf } from "./wording.ts";

const stopTimeoutMs = 10_000;
/** Where shells are, in the order in which they are tried; the last is looked up by PATH. */
const candidates = [["/bin/sh"], ["/busybox/sh"], ["/bin/bash"], ["sh"], ["/bin/busybox", "sh"]] as const;

export interface OpenShellOptions {
  readonly signal?: AbortSignal | undefined;
  readonly limits?: Partial<SessionLimits> | undefined;
  /** Long texts that many commands end with: each is sent once. */
  readonly known?: readonly string[] | undefined;
  /**
   * Gets the session of each candidate shell before it is known to be one. What is run there at once travels with the
   * greeting. Where no shell was, those commands fail as never sent (`wasNeverSent`), and the next candidate is handed over.
   */
  readonly ahead?: ((session: Session) => void) | undefined;
}

/**
 * Opens a session in a container whose first exec *is* the session. Refusals are typed: `no-shell` only when every
 * candidate is absent, else what the first one met.
 */
export async function openShell(
  connection: Connection,
  target: Target,
  options: OpenShellOptions = {},
): Promise<Session> {
  let first: ScanError | undefined;
  for (const shell of candidates) {
    try {
      return await attempt(connection, target, shell, options);
    } catch (error) {
      if (!(error instanceof SessionRefused)) throw error;
      const meaning = meaningOf(error.how, error.words);
      if (isOfWindows(error.how)) throw new ScanError("windows-unsupported", `${targetName(target)}: ${unsaid}`);
      if (meaning === "absent") continue;
      const typed = refusal(meaning, error, shell.join(" "), target);
      if (meaning !== "not-executable") throw typed;
      first ??= typed;
    }
  }
  throw first ?? new ScanError("no-shell", `${targetName(target)}: none of ${candidates.join(", ")} is there`);
}

/** Not to be looked into further: what would come next adds containers to pods. */
const unsaid =
  "the runtime's words are those of Windows, and neither the pod nor a node that may be listed says so; set spec.os.name";

async function attempt(
  connection: Connection,
  target: Target,
  shell: readonly string[],
  { signal, limits, known, ahead }: OpenShellOptions,
): Promise<Session> {
  const socket = await patiently(() => openExec(connection, target, [...shell], { signal }), signal);
  const stop = async (pid: number, parent?: number) => {
    const signal = AbortSignal.timeout(stopTimeoutMs);
    await execOnce(connection, target, [...shell, "-c", stopTree(pid, parent)], { signal });
  };
  const session = new Session({
    ...{ shell, limits, known, stop },
    alone: (command, options) => execAlone({ connection, target, shell, stop, limits }, command, options),
    open: (listener) => new ExecChannel(socket, listener),
  });
  return greeted(session, { signal, ahead });
}
