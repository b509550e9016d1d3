import { randomBytes } from "node:crypto";
import type { ScanError } from "#contract/errors.ts";
import type { Completed } from "#contract/shell.ts";
import type { Marked } from "./marked-stream.ts";
import type { Marks } from "./script.ts";

/** One command on its way through a session. */
export interface Command {
  readonly text: Uint8Array;
  readonly marks: Marks;
  readonly timeoutMs: number | undefined;
  readonly resolve: (completed: Completed) => void;
  readonly reject: (error: unknown) => void;
  pid: number;
  startedMs: number;
  stdout: Marked | undefined;
  stderr: Marked | undefined;
  /** Why it is being ended, once somebody wants that. */
  doom: ScanError | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** 128 random bits a mark: the container cannot guess them, and what it prints cannot end or forge an answer. */
export function freshMarks(): Marks {
  const bits = randomBytes(32).toString("hex");
  return { begin: bits.slice(0, 32), end: bits.slice(32) };
}
