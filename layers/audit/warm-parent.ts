import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import { ScanError } from "#contract/errors.ts";

const main = fileURLToPath(new URL("../auditor/main.rb", import.meta.url));
const startMs = 60_000;
/** Half of what main.rb takes for a line without an end. */
const maxOrderLength = 4 * 1024 * 1024;

/** How a child ended. `exit` or `signal` is null. CPU of the child and all that it started. */
export interface Ended {
  readonly exit: number | null;
  readonly signal: string | null;
  readonly cpuMs: number;
}

/** One child for one scan. `ended` rejects with `auditor-crashed` when the warm parent itself died. */
export interface Fork {
  readonly ended: Promise<Ended>;
  /** Ends the child and all that it started. */
  kill(): void;
}

/** The Ruby process that has InSpec loaded. */
export interface WarmParent {
  readonly engine: { readonly name: string; readonly version: string };
  readonly pid: number;
  /** Resolves when the process is gone. */
  readonly gone: Promise<void>;
  /** `order` is sent as JSON. Throws `too-large`. */
  fork(id: string, order: Readonly<Record<string, unknown>>): Fork;
  close(): Promise<void>;
}

interface Pending {
  readonly resolve: (ended: Ended) => void;
  readonly reject: (error: ScanError) => void;
  pid?: number;
}

/** Starts the process and waits until it has loaded everything. Throws `internal`: gems or Ruby are missing. */
export async function startWarmParent(home: string, log: (line: string) => void): Promise<WarmParent> {
  const ruby = spawn("ruby", [main], { cwd: home, env: environment(home), stdio: ["pipe", "pipe", "pipe"] });
  const pending = new Map<string, Pending>();
  const ready = Promise.withResolvers<{ name: string; version: string }>();
  const gone = Promise.withResolvers<void>();

  let closing = false;
  const leave = (why: string) => {
    ready.reject(new ScanError("internal", `the auditor did not start: ${why}`));
    const error = closing
      ? new ScanError("cancelled", "the auditor was closed")
      : new ScanError("auditor-crashed", `the auditor's own process ended: ${why}`, { retryable: true });
    for (const { reject } of pending.values()) reject(error);
    pending.clear();
    gone.resolve();
  };
  ruby.on("error", (error) => leave(error.message));
  ruby.on("close", (code, signal) => leave(signal ?? `exit code ${code}`));
  ruby.stdin.on("error", () => {}); // its end is told by `close`
  createInterface(ruby.stderr).on("line", (line) => log(`auditor: ${line}`));
  createInterface(ruby.stdout).on("line", (line) => {
    const message = messageOf(line);
    if (message === undefined) log(`auditor: ${line}`);
    else if (isReady(message)) {
      warnAbout(message.isolation, log);
      ready.resolve({ name: message.name, version: message.version });
    } else if (isUnfit(message)) ready.reject(new ScanError("internal", message.message));
    else if (isForked(message)) {
      const waiting = pending.get(message.id);
      if (waiting) waiting.pid = message.pid;
    } else if (isEnded(message)) {
      pending.get(message.id)?.resolve({ exit: message.exit, signal: message.signal, cpuMs: message.cpuMs });
      pending.delete(message.id);
    }
  });

  const tooSlow = setTimeout(() => leave(`not ready after ${startMs} ms`), startMs);
  const engine = await ready.promise
    .catch((error: unknown) => {
      ruby.kill("SIGKILL");
      throw error;
    })
    .finally(() => clearTimeout(tooSlow));

  const say = (message: object) => ruby.stdin.write(`${JSON.stringify(message)}\n`);
  return {
    engine,
    pid: ruby.pid ?? 0,
    gone: gone.promise,
    fork(id, order) {
      const line = JSON.stringify({ op: "scan", id, ...order });
      if (line.length > maxOrderLength) {
        throw new ScanError(
          "too-large",
          `inputs and passthrough are ${line.length} characters; the cap is ${maxOrderLength}`,
        );
      }
      const { promise, resolve, reject } = Promise.withResolvers<Ended>();
      promise.catch(() => {}); // whoever was killed is not always waited for
      pending.set(id, { resolve, reject });
      if (ruby.exitCode !== null || ruby.signalCode !== null) leave("it is gone");
      else ruby.stdin.write(`${line}\n`);
      return { ended: promise, kill: () => kill(id) };
    },
    async close() {
      closing = true;
      ruby.stdin.end();
      const stubborn = setTimeout(() => ruby.kill("SIGKILL"), 5_000);
      await gone.promise;
      clearTimeout(stubborn);
    },
  };

  function kill(id: string): void {
    say({ op: "kill", id });
    const stubborn = setTimeout(() => {
      const keeper = pending.get(id)?.pid;
      if (keeper !== undefined) killIfThere(keeper);
    }, 2_000);
    stubborn.unref();
  }
}

function killIfThere(pid: number): void {
  try {
    process.kill(pid, "SIGKILL");
  } catch {
    // gone by itself, which is what was wanted
  }
}

/** Named one by one: no token, no credential and no option for Ruby gets in by chance. */
function environment(home: string): Record<string, string> {
  const { PATH = "/usr/local/bin:/usr/bin:/bin", LD_LIBRARY_PATH } = process.env;
  const own = { PATH, HOME: home, TMPDIR: home, LANG: "C.UTF-8", TZ: "UTC" };
  return LD_LIBRARY_PATH === undefined ? own : { ...own, LD_LIBRARY_PATH };
}

/** One line of main.rb's, or nothing where some gem has printed a line of its own. */
function messageOf(line: string): unknown {
  try {
    return JSON.parse(line);
  } catch {
    return undefined;
  }
}

interface Isolation {
  readonly credentials?: boolean;
  readonly network?: boolean;
  readonly files?: boolean;
}

/** A machine may offer neither namespaces nor Landlock nor seccomp; then profiles must be trusted, and somebody must know. */
function warnAbout(
  { credentials = false, network = false, files = false }: Isolation,
  log: (line: string) => void,
): void {
  if (!credentials)
    log("auditor: this kernel lets a profile read the environment, and so the credentials, of this process");
  if (!network) log("auditor: this kernel lets a profile use the network");
  if (!files) log("auditor: this kernel lets a profile read and change files of other scans");
}

type Message<T> = T & { readonly op: string };
const says = (message: unknown, op: string): message is Message<object> =>
  typeof message === "object" && message !== null && "op" in message && message.op === op;
const isReady = (m: unknown): m is Message<{ name: string; version: string; isolation: Isolation }> => says(m, "ready");
const isUnfit = (m: unknown): m is Message<{ message: string }> => says(m, "unfit");
const isForked = (m: unknown): m is Message<{ id: string; pid: number }> => says(m, "forked");
const isEnded = (m: unknown): m is Message<Ended & { id: string }> => says(m, "ended");
