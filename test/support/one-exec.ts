import { spawn } from "node:child_process";

/** The reference: one process a command, nothing shared. */
export async function oneExec(shell: readonly string[], command: string | Uint8Array, stdin?: Uint8Array) {
  const [program = "", ...words] = shell;
  const argument = typeof command === "string" ? command : Buffer.from(command).toString("utf8");
  const child = spawn(program, [...words, "-c", argument], { stdio: [stdin ? "pipe" : "ignore", "pipe", "pipe"] });
  const out: Buffer[] = [];
  const err: Buffer[] = [];
  child.stdout?.on("data", (bytes) => out.push(bytes));
  child.stderr?.on("data", (bytes) => err.push(bytes));
  child.stdin?.on("error", () => undefined);
  child.stdin?.end(stdin);
  const { promise, resolve } = Promise.withResolvers<number>();
  const numbers: Readonly<Record<string, number>> = { SIGKILL: 137, SIGTERM: 143, SIGSEGV: 139, SIGPIPE: 141 };
  child.on("close", (code, signal) => resolve(code ?? numbers[signal ?? ""] ?? 255));
  const exitCode = await promise;
  return { stdout: Buffer.concat(out), stderr: Buffer.concat(err), exitCode };
}
