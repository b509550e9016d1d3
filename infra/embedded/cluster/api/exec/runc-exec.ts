import { type ChildProcessByStdio, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Readable, Writable } from "node:stream";
import type { ContainerdPaths } from "../../node/containerd-config.ts";
import { onlyOfTheProcess } from "./process-stderr.ts";

/** How an exec'd process ended: its exit code, or the runtime's reason why it never began. */
export type ExecEnd = { readonly exitCode: number } | { readonly runtimeError: string };

/** A process joined to a running container, with plain pipes. `ended` is of the process; outputs may still hold bytes. */
export interface ContainerProcess {
  readonly stdin: Writable;
  readonly stdout: Readable;
  readonly stderr: Readable;
  readonly ended: Promise<ExecEnd>;
}

/**
 * Starts a command in a container that CRI started, by `runc exec`. Environment, working directory, user, capabilities,
 * no_new_privs and limits are those of the container's own first process, as containerd's Exec takes them.
 */
export function runcExec(paths: ContainerdPaths, containerId: string, command: readonly string[]): ContainerProcess {
  const dir = mkdtempSync(join(tmpdir(), "muster-exec-"));
  const processFile = join(dir, "process.json");
  const logFile = join(dir, "log.json");
  const pidFile = join(dir, "pid");
  const bundle = join(paths.state, "io.containerd.runtime.v2.task", "k8s.io", containerId);
  // The OCI bundle that containerd wrote (runtime-spec config.md, "process").
  const config = JSON.parse(readFileSync(join(bundle, "config.json"), "utf8")) as { readonly process: object };
  writeFileSync(processFile, JSON.stringify({ ...config.process, args: command, terminal: false }), { mode: 0o600 });
  const args = ["--root", join(paths.runcRoot, "k8s.io"), "--log", logFile, "--log-format", "json"];
  const child = spawn("runc", [...args, "exec", "--process", processFile, "--pid-file", pidFile, containerId], {
    stdio: ["pipe", "pipe", "pipe"],
    detached: true,
  });
  child.stdin.on("error", () => {}); // the process closed its input: nobody is there to be told
  const ended = endOf(child, logFile, () => rmSync(dir, { recursive: true, force: true }));
  return {
    stdin: child.stdin,
    stdout: child.stdout,
    stderr: child.stderr.pipe(onlyOfTheProcess(child, pidFile)),
    ended,
  };
}

type PipedChild = ChildProcessByStdio<Writable, Readable, Readable>;

function endOf(child: PipedChild, logFile: string, cleanUp: () => void): Promise<ExecEnd> {
  return new Promise((resolve) => {
    child.once("error", (error) => {
      cleanUp();
      resolve({ runtimeError: `failed to exec in container: ${error.message}` });
    });
    // `close` comes after the exit and after all three pipes were read to their end.
    child.once("close", (code, signal) => {
      const failure = runcFailure(logFile);
      cleanUp();
      resolve(
        failure === undefined ? { exitCode: code ?? (signal === "SIGKILL" ? 137 : 143) } : { runtimeError: failure },
      );
    });
  });
}

/** runc's error in containerd's words (pkg/cri ExecSync path): `failed to exec in container: failed to start exec "<id>": …`. */
function runcFailure(logFile: string): string | undefined {
  const lines = existsSync(logFile) ? readFileSync(logFile, "utf8").trim().split("\n").filter(Boolean) : [];
  for (const line of lines) {
    const entry = JSON.parse(line) as { readonly level: string; readonly msg: string }; // runc's own log format
    if (entry.level !== "error") continue;
    const id = randomBytes(32).toString("hex");
    return `failed to exec in container: failed to start exec "${id}": OCI runtime exec failed: ${entry.msg}: unknown`;
  }
  return undefined;
}
