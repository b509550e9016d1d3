import { spawn } from "node:child_process";
import { constants } from "node:os";
import { ScanError } from "#contract/errors.ts";
import type { Completed, RunOptions, Shell } from "#contract/shell.ts";

export interface LocalShellOptions {
  /** Commands run inside this folder as their root, which takes root to do. */
  readonly root?: string;
  /** Where commands are looked for, in place of the usual folders. */
  readonly path?: string;
  readonly uid?: number;
  readonly gid?: number;
}

const usualPath = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/** A Shell on this very machine: each command is `/bin/sh -c`, as in a container that has a shell. A double of the way "shell". */
export function localShell(options: LocalShellOptions = {}): Shell {
  return { way: "shell", run: (command, runOptions) => run(options, command, runOptions), close: async () => {} };
}

async function run(
  { root, path = usualPath, uid, gid }: LocalShellOptions,
  command: string | Uint8Array,
  { stdin, timeoutMs, signal }: RunOptions = {},
): Promise<Completed> {
  signal?.throwIfAborted();
  const startedAt = performance.now();
  // latin1 gives each byte its own character, and spawn would write it as UTF-8: only text can be an argument.
  const text = typeof command === "string" ? command : Buffer.from(command).toString("utf8");
  const inner = ["/bin/sh", "-c", text];
  const [file = "/bin/sh", ...args] = root === undefined ? inner : ["/usr/sbin/chroot", root, ...inner];
  const child = spawn(file, args, {
    stdio: "pipe",
    env: { PATH: path, LANG: "C.UTF-8" },
    ...(uid === undefined ? {} : { uid }),
    ...(gid === undefined ? {} : { gid }),
  });
  const stdout: Buffer[] = [];
  const stderr: Buffer[] = [];
  child.stdout.on("data", (chunk: Buffer) => stdout.push(chunk));
  child.stderr.on("data", (chunk: Buffer) => stderr.push(chunk));
  child.stdin.on("error", () => {}); // a command need not read what it is given
  child.stdin.end(stdin);

  const { promise, resolve, reject } = Promise.withResolvers<Completed>();
  const end = (error: ScanError) => {
    child.kill("SIGKILL");
    reject(error);
  };
  const cancel = () => end(new ScanError("cancelled", "the command was cancelled"));
  const timer =
    timeoutMs === undefined
      ? undefined
      : setTimeout(() => end(new ScanError("timeout", `the command ran out of its ${timeoutMs} ms`)), timeoutMs);
  signal?.addEventListener("abort", cancel, { once: true });
  child.on("error", (cause) => reject(new ScanError("internal", `cannot run ${file}`, { cause })));
  child.on("close", (code, name) => {
    const exitCode = code ?? 128 + (name === null ? 0 : constants.signals[name]);
    const bytes = { stdout: Buffer.concat(stdout), stderr: Buffer.concat(stderr) };
    const elapsedMs = performance.now() - startedAt;
    resolve({ ...bytes, exitCode, truncated: false, elapsedMs, ...(name === null ? {} : { signal: name }) });
  });
  return promise.finally(() => {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
  });
}
