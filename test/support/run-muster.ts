import { spawn } from "node:child_process";
import { tmpdir } from "node:os";
import { expect } from "vitest";

const main = new URL("../../cli/main.ts", import.meta.url).pathname;

export interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** The command as a user runs it; `before` are words in front of it, such as those of unshare. */
export function runMuster(words: readonly string[], before: readonly string[] = []): Promise<Run> {
  const [program = "", ...rest] = [...before, process.execPath, main, ...words];
  const child = spawn(program, rest, { cwd: tmpdir() });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

/** Exit code 2 and one message with these words in it, without a stack trace. */
export function expectOneClearMessage({ code, stderr }: Run, ...words: readonly string[]): void {
  for (const word of words) expect(stderr).toContain(word);
  expect(stderr.match(/^muster: /gm)?.length).toBe(1);
  expect(stderr).not.toMatch(/\n\s+at .*[:(]\d+/);
  expect(code).toBe(2);
}
