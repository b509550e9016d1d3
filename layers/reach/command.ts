import { randomBytes } from "node:crypto";
import { ScanError } from "#contract/errors.ts";
import type { Completed } from "#contract/shell.ts";
import { endingOf } from "./loop.ts";
import { withPartial } from "./loss.ts";
import type { Marked } from "./marked-stream.ts";
import type { Marks, Spoken } from "./script.ts";

/** One command on its way through a session. */
export interface Command {
  /** Undefined for the greeting, which is no command of the loop's. */
  spoken: Spoken | undefined;
  marks: Marks;
  readonly timeoutMs: number | undefined;
  readonly resolve: (completed: Completed) => void;
  readonly reject: (error: unknown) => void;
  sentBytes: number;
  pid: number;
  startedMs: number;
  stdout: Marked | undefined;
  stderr: Marked | undefined;
  /** Why it is being ended, once somebody wants that. */
  doom: ScanError | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** A command that waits, and the promise of its answer. */
export function newCommand(spoken: Spoken | undefined, timeoutMs: number | undefined) {
  const { promise, resolve, reject } = Promise.withResolvers<Completed>();
  const command: Command = {
    ...{ spoken, marks: freshMarks(), resolve, reject, timeoutMs, sentBytes: 0, pid: 0, startedMs: 0 },
    ...{ stdout: undefined, stderr: undefined, doom: undefined, timer: undefined },
  };
  return { command, promise };
}

/** 96 random bits a mark: the container cannot guess them, and what it prints cannot end or forge an answer. */
export function freshMarks(): Marks {
  const mark = () => randomBytes(12).toString("base64url");
  return { begin: mark(), end: mark() };
}

/**
 * Whether a signal may have ended a command that ran without a subshell: then some shells have added their own word to its
 * stderr. Such a command only looks, and runs again in a subshell.
 */
export function mayHoldShellsWords({ spoken, doom, stdout }: Command): boolean {
  return spoken?.word === "m" && doom === undefined && (endingOf(stdout?.note ?? "").exitCode ?? 0) > 128;
}

type Output = Pick<Marked, "bytes" | "truncated">;

/** Tells whoever waits what came of a command whose end mark is there. */
export function answer(
  command: Command,
  { stdout, stderr }: { readonly stdout: Output; readonly stderr: Output },
  nowMs: number,
): void {
  const note = command.stdout?.note ?? "";
  const { exitCode } = endingOf(note);
  const completed: Completed = {
    stdout: stdout.bytes,
    stderr: stderr.bytes,
    exitCode: exitCode ?? -1,
    truncated: stdout.truncated || stderr.truncated,
    elapsedMs: Math.round(nowMs - command.startedMs),
  };
  if (command.doom !== undefined) command.reject(withPartial(command.doom, completed));
  else if (exitCode !== undefined) command.resolve(completed);
  else command.reject(new ScanError("connection-lost", `the shell gave no exit code but ${JSON.stringify(note)}`));
}
