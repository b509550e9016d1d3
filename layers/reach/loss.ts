import type { ExecEnd } from "#cluster/exec/exit.ts";
import { ScanError } from "#contract/errors.ts";
import type { Completed } from "#contract/shell.ts";

const neverSent = new WeakSet<Error>();

/** A loss that hit a command before a byte of it was sent: running it again elsewhere runs it once. */
export function unsent(error: Error): Error {
  if (!(error instanceof ScanError)) return error;
  const own = new ScanError(error.code, error.message, { cause: error, retryable: error.retryable });
  neverSent.add(own);
  return own;
}

/** Whether the command that failed with this error was never sent. */
export function wasNeverSent(error: unknown): boolean {
  return error instanceof Error && neverSent.has(error);
}

/** The stream ended before the shell answered: how, and what was said on the way. */
export class SessionRefused extends Error {
  readonly how: ExecEnd;
  readonly words: string;

  constructor(how: ExecEnd, words: string) {
    super("the shell did not answer");
    this.how = how;
    this.words = words;
  }
}

/** The error with what the command had written until then as its cause. */
export function withPartial(why: ScanError, partial: Completed): ScanError {
  return new ScanError(why.code, why.message, { cause: partial, retryable: why.retryable });
}

/** How a session that ended is told to those who still wait; without an end, it went to one of its commands. */
export function lossOf(how: ExecEnd | undefined): ScanError {
  if (how === undefined) {
    return new ScanError("connection-lost", "the session went to a command that left processes behind");
  }
  if (how.kind === "exited") {
    return new ScanError("connection-lost", `the shell in the container ended with exit code ${how.exitCode}`);
  }
  return new ScanError("connection-lost", how.kind === "closed" ? "the session was closed" : how.message);
}

/** A program that ended, or never started, without a greeting has run no command. A lost one may have. */
export function ranNothing(how: ExecEnd): boolean {
  return how.kind === "exited" || how.kind === "refused";
}
