import { execFileSync } from "node:child_process";

/**
 * Runs a program to its end and gives its standard output as text.
 * Throws an Error that names the program and carries the tail of its stderr when it fails.
 */
export function shellOut(program: string, args: readonly string[], options: ShellOutOptions = {}): string {
  try {
    return execFileSync(program, args, {
      encoding: "utf8",
      maxBuffer: 64 * 1024 * 1024,
      stdio: [options.input === undefined ? "ignore" : "pipe", "pipe", "pipe"],
      ...(options.input === undefined ? {} : { input: options.input }),
      env: { ...process.env, LC_ALL: "C", ...options.env },
    });
  } catch (cause) {
    const stderr = cause instanceof Error && "stderr" in cause ? String(cause.stderr) : "";
    throw new Error(`${program} ${args.slice(0, 3).join(" ")} failed: ${stderr.trim().slice(-800)}`, { cause });
  }
}

export interface ShellOutOptions {
  readonly input?: string;
  readonly env?: Readonly<Record<string, string>>;
}
