import type { Connection } from "#cluster/connection.ts";
import { ExecChannel } from "#cluster/exec/channel.ts";
import type { ExecEnd } from "#cluster/exec/exit.ts";
import { type ExecTarget, openExec } from "#cluster/exec/handshake.ts";
import { abortError, ScanError } from "#contract/errors.ts";
import type { Completed, RunOptions } from "#contract/shell.ts";
import { Kept } from "./kept.ts";
import { defaultLimits, type SessionLimits } from "./limits.ts";
import { pidIn } from "./loop.ts";
import { lossOf, withPartial } from "./loss.ts";
import { quote } from "./quoting.ts";

export interface AloneParts {
  readonly connection: Connection;
  readonly target: ExecTarget;
  readonly shell: readonly string[];
  /** Argv that becomes that shell where it is not there by itself. Default: the shell. */
  readonly entrance?: readonly string[] | undefined;
  readonly limits?: Partial<SessionLimits> | undefined;
  /** Ends a process, its descendants and all in its session. */
  readonly stop: (pid: number) => Promise<void>;
}

/** How long a killed command's stream may take to end before it is left. */
const graceMs = 10_000;

/**
 * One command over an exec stream of its own, by a process that first tells its PID, in a line that is always there, and
 * then becomes `<shell> -c <command>`: like a plain exec it has no parent in the container and nothing beside it in its
 * group. At its deadline, or when its signal aborts, it is killed in the container; what it wrote is the error's cause.
 */
export async function execAlone(
  { connection, target, shell, entrance = shell, limits, stop }: AloneParts,
  command: string,
  { timeoutMs, signal }: RunOptions = {},
): Promise<Completed> {
  const begun = performance.now();
  const become = `echo /proc/self/task/*;exec ${shell.map(quote).join(" ")} -c "$1"`;
  const argv = [...entrance, "-c", become, shell.at(-1) ?? "sh", command];
  const socket = await openExec(connection, target, argv, { stdin: false, signal });
  const { commandBytes } = { ...defaultLimits, ...limits };
  const stdout = new Kept(commandBytes);
  const stderr = new Kept(commandBytes);
  const ended = Promise.withResolvers<ExecEnd>();
  const told = Promise.withResolvers<number>();
  let line: string | undefined = "";
  const channel = new ExecChannel(socket, {
    stdout: (bytes) => {
      const newline = line === undefined ? -1 : bytes.indexOf(0x0a);
      if (line === undefined) stdout.take(bytes);
      else line += Buffer.from(newline < 0 ? bytes : bytes.subarray(0, newline)).toString("latin1");
      if (newline < 0) return;
      told.resolve(pidIn(line ?? ""));
      line = undefined;
      stdout.take(bytes.subarray(newline + 1));
    },
    stderr: (bytes) => stderr.take(bytes),
    end: ended.resolve,
  });
  let doom: ScanError | undefined;
  let grace: NodeJS.Timeout | undefined;
  const end = (why: ScanError) => {
    if (doom !== undefined) return;
    doom = why;
    grace = setTimeout(() => channel.close(), graceMs);
    void told.promise.then((pid) => (pid > 0 ? stop(pid) : channel.close())).catch(() => channel.close());
  };
  const abort = () => signal && end(abortError(signal, "the command"));
  const late = () => end(new ScanError("timeout", `the command did not end within ${(timeoutMs ?? 0) / 1000} s`));
  const timer = timeoutMs === undefined ? undefined : setTimeout(late, timeoutMs);
  signal?.addEventListener("abort", abort, { once: true });
  if (signal?.aborted) abort();
  const how = await ended.promise;
  clearTimeout(timer);
  clearTimeout(grace);
  signal?.removeEventListener("abort", abort);
  const output = { stdout: stdout.bytes, stderr: stderr.bytes, truncated: stdout.truncated || stderr.truncated };
  const elapsedMs = Math.round(performance.now() - begun);
  const exitCode = how.kind === "exited" ? how.exitCode : -1;
  if (doom !== undefined) throw withPartial(doom, { ...output, exitCode, elapsedMs });
  if (how.kind === "refused") throw new ScanError("exec-refused", how.message);
  if (how.kind !== "exited") throw lossOf(how);
  return { ...output, exitCode, elapsedMs };
}
