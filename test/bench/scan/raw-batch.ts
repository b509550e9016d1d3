import { randomBytes } from "node:crypto";
import type { Connection } from "#cluster/connection.ts";
import { ExecChannel } from "#cluster/exec/channel.ts";
import { openExec } from "#cluster/exec/handshake.ts";
import type { Target } from "#contract/target.ts";

/** A bare exec stream into a shell, with nothing of ours between. */
export interface RawSession {
  /** Writes all commands at once and waits for the last one's end. Gives milliseconds. */
  batch(commands: readonly string[]): Promise<number>;
  close(): void;
}

/** Opens it, so that a batch does not pay for the connection. */
export async function openRaw(connection: Connection, target: Target): Promise<RawSession> {
  const socket = await openExec(connection, target, ["/bin/sh"]);
  let waiting: { readonly mark: string; readonly seen: () => void } | undefined;
  let tail = "";
  const channel = new ExecChannel(socket, {
    stdout(bytes) {
      tail = (tail + Buffer.from(bytes).toString("latin1")).slice(-200);
      if (waiting !== undefined && tail.includes(waiting.mark)) waiting.seen();
    },
    stderr: () => undefined,
    end: () => undefined,
  });
  return {
    async batch(commands) {
      const mark = randomBytes(12).toString("hex");
      const { promise, resolve } = Promise.withResolvers<void>();
      waiting = { mark, seen: resolve };
      const lines = commands.map((command) => `/bin/sh -c '${command.replaceAll("'", "'\\''")}' </dev/null`);
      const begun = performance.now();
      channel.write(Buffer.from(`${lines.join("\n")}\necho ${mark}\n`));
      await promise;
      return performance.now() - begun;
    },
    close: () => channel.close(),
  };
}
