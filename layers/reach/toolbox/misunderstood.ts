import type { Completed } from "#contract/shell.ts";

/** Exit code of a command in which a lent program did not understand its words: `lent.sh` ends it so. */
const ending = 93;
/** What busybox says before it tells how a program is used. */
const usage = /^BusyBox v\S+ .*multi-call binary\.$/m;
/** What its shell says of words that are none to it. */
const ofShell = /^sh: (?:syntax error|.*: unknown operand$)/m;

/** Whether an answer was given by a program, or the shell, that did not understand the question. `before` is what stood before it. */
export function wasMisunderstood({ exitCode, stdout, stderr }: Completed, before: string): boolean {
  const said = Buffer.from(stderr).toString("latin1");
  if (ofShell.test(said)) return true;
  // Of a stream that was led into the other, the words stand there.
  if (usage.test(said) || usage.test(Buffer.from(stdout).toString("latin1"))) return true;
  return before !== "" && exitCode === ending;
}
