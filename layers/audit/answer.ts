import type { Completed, Shell } from "#contract/shell.ts";

/** Counted while answers are given. */
export interface AnswerCounters {
  commands: number;
  blockingRoundTrips: number;
  inTargetMs: number;
}

/** Gives what a command leaves behind, from wherever it is known. Throws a ScanError where the shell does. */
export type Answer = (command: Uint8Array, timeoutMs: number | undefined, signal: AbortSignal) => Promise<Completed>;

/** Answers by asking the shell each time: nothing is known beforehand. */
export function answerFromShell(shell: Promise<Shell>, counters: AnswerCounters): Answer {
  return async (command, timeoutMs, signal) => {
    counters.commands += 1;
    counters.blockingRoundTrips += 1;
    const options = timeoutMs === undefined ? { signal } : { signal, timeoutMs };
    const completed = await (await shell).run(command, options);
    counters.inTargetMs += completed.elapsedMs;
    return completed;
  };
}
