import type { Connection } from "#cluster/connection.ts";
import { ExecChannel } from "#cluster/exec/channel.ts";
import type { ExecEnd } from "#cluster/exec/exit.ts";
import { type ExecTarget, openExec } from "#cluster/exec/handshake.ts";
import { abortError, ScanError } from "#contract/errors.ts";
import type { Completed, RunOptions, Shell } from "#contract/shell.ts";

/**
 * One process over an exec stream of its own, without standard input: argv in, its whole output out. A process that the
 * runtime could not start is `exec-refused`, a stream that broke `connection-lost`.
 */
export async function execOnce(
  connection: Connection,
  target: ExecTarget,
  argv: readonly string[],
  { signal }: { readonly signal?: AbortSignal | undefined } = {},
): Promise<Completed> {
  const begun = performance.now();
  const socket = await openExec(connection, target, argv, { stdin: false, signal });
  const stdout: Uint8Array[] = [];
  const stderr: Uint8Array[] = [];
  const { promise, resolve } = Promise.withResolvers<ExecEnd>();
  const channel = new ExecChannel(socket, {
    stdout: (bytes) => stdout.push(bytes),
    stderr: (bytes) => stderr.push(bytes),
    end: resolve,
  });
  const stop = () => channel.close();
  signal?.addEventListener("abort", stop, { once: true });
  const how = await promise;
  signal?.removeEventListener("abort", stop);
  if (how.kind === "closed" && signal !== undefined) throw abortError(signal, argv.join(" "));
  if (how.kind === "refused") throw new ScanError("exec-refused", how.message);
  if (how.kind !== "exited") throw new ScanError("connection-lost", how.kind === "lost" ? how.message : "closed");
  const elapsedMs = Math.round(performance.now() - begun);
  const { exitCode } = how;
  return { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr), exitCode, truncated: false, elapsedMs };
}

/** One command as `<shell> -c <command>` over a stream of its own. `timeout` ends the stream, not the process. */
async function execCommand(
  connection: Connection,
  target: ExecTarget,
  shell: readonly string[],
  command: string,
  { timeoutMs, signal }: RunOptions = {},
): Promise<Completed> {
  const stop = new AbortController();
  const late = new ScanError("timeout", `the command did not end within ${(timeoutMs ?? 0) / 1000} s`);
  const timer = timeoutMs === undefined ? undefined : setTimeout(() => stop.abort(late), timeoutMs);
  const signals = [signal, stop.signal].filter((each) => each !== undefined);
  try {
    return await execOnce(connection, target, [...shell, "-c", command], { signal: AbortSignal.any(signals) });
  } finally {
    clearTimeout(timer);
  }
}

/**
 * A Shell that opens one exec stream a command: slow, with nothing shared between commands, and so the reference that
 * every faster way is held to.
 */
export function oneExecEach(
  connection: Connection,
  target: ExecTarget,
  shell: string,
): Shell & { readonly execs: number } {
  let execs = 0;
  return {
    way: "shell",
    get execs() {
      return execs;
    },
    run(command, options) {
      execs += 1;
      return execCommand(connection, target, [shell], Buffer.from(command).toString("utf8"), options);
    },
    close: async () => undefined,
  };
}
