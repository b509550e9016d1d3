import type { Connection } from "#cluster/connection.ts";
import { asScanError, ScanError } from "#contract/errors.ts";
import type { Completed, Shell } from "#contract/shell.ts";
import { type Target, targetName } from "#contract/target.ts";
import { oneExecEach } from "#reach/exec-once.ts";
import { wasNeverSent } from "#reach/loss.ts";
import { openShell } from "#reach/open-shell.ts";
import type { Session } from "#reach/session.ts";
import { whyVolatile } from "./volatile.ts";

/** What a command left behind, or why there is no answer. */
type Answer = Pick<Completed, "stdout" | "stderr" | "exitCode"> | { readonly error: string; readonly unsent: boolean };

export interface Difference {
  readonly command: string;
  /** Which of stdout, stderr, exit code and error differ. */
  readonly fields: readonly string[];
  readonly session: string;
  readonly reference: string;
}

/** What came of all commands on one container. */
export interface Comparison {
  readonly target: string;
  readonly shell: string;
  readonly commands: number;
  /** Commands of which the exit code alone was compared. */
  readonly volatile: number;
  readonly differences: readonly Difference[];
  /** Commands on which two reference runs disagreed: they say nothing about the session, and belong on the list. */
  readonly unsteady: readonly string[];
  /** Figures (times, counts) that had changed between the runs and were equal at the second look. */
  readonly moved: readonly Difference[];
  /** Sessions that were used; more than one when a command took its session with it. */
  readonly sessions: number;
  readonly sessionMs: number;
  readonly referenceMs: number;
}

const timeoutMs = 30_000;
/** More at once collapse in the runtime (exec.md §0.2). */
const referencesAtOnce = 3;

/** Reading moves times of access (relatime) the first time only, so everything is read once before the comparison. */
const warmUp = [
  "find / -xdev -exec ls -ld {} + >/dev/null 2>&1",
  "find /etc /root /home /app /bin/sh /usr/bin/env /usr/local /var/lib -xdev -type f -exec cat {} + >/dev/null 2>&1",
] as const;

/** Runs every command in one pipelined session and over one exec each, and compares stdout, stderr and exit code. */
export async function compare(
  connection: Connection,
  target: Target,
  commands: readonly string[],
): Promise<Comparison> {
  const open = () => openShell(connection, target);
  const first = await open();
  const shell = await shellOf(first);
  const reference = oneExecEach(connection, target, shell);
  for (const command of warmUp) await first.run(command);
  const begun = performance.now();
  const pipelined = await runPipelined(first, open, commands);
  const sessionMs = Math.round(performance.now() - begun);
  const single = await runSingly(reference, commands);
  const referenceMs = Math.round(performance.now() - begun - sessionMs);
  const differences: Difference[] = [];
  const unsteady: string[] = [];
  const moved: Difference[] = [];
  let later: Session | undefined;
  for (const [index, command] of commands.entries()) {
    const [ours, theirs] = [pipelined.answers[index], single[index]];
    if (ours === undefined || theirs === undefined) throw new ScanError("internal", `no answer to ${command}`);
    const fields = differing(command, ours, theirs);
    if (fields.length === 0) continue;
    const again = await attempt(reference, command);
    if (differing(command, theirs, again).length > 0) unsteady.push(command);
    else {
      const difference = { command, fields, session: inWords(ours), reference: inWords(theirs) };
      later = later?.open ? later : await open();
      const gone = differing(command, await attempt(later, command), again).length === 0;
      (gone && onlyFiguresDiffer(ours, theirs) ? moved : differences).push(difference);
    }
  }
  await later?.close();
  const { sessions } = pipelined;
  const counts = { commands: commands.length, volatile: commands.filter((each) => whyVolatile(each)).length };
  return {
    target: targetName(target),
    shell,
    ...counts,
    differences,
    unsteady,
    moved,
    sessions,
    sessionMs,
    referenceMs,
  };
}

/** The shell that a session found: it runs each command as `<shell> -c`, so that is `$0`. */
async function shellOf(session: Shell): Promise<string> {
  return Buffer.from((await session.run('printf %s "$0"')).stdout).toString();
}

/**
 * All commands ahead in one session. A command that ends the session is answered by that, one that inherits it by what it
 * leaves; the rest goes on in another.
 */
async function runPipelined(first: Session, open: () => Promise<Session>, commands: readonly string[]) {
  const answers: Answer[] = [];
  let session = first;
  let sessions = 1;
  for (;;) {
    const rest = commands.slice(answers.length);
    const given = await Promise.all(rest.map((command) => attempt(session, command)));
    const lost = session.open
      ? -1
      : given.findIndex((answer) => "error" in answer && answer.error === "connection-lost");
    const first = given[lost];
    const ended = first !== undefined && "error" in first && !first.unsent ? lost + 1 : lost;
    answers.push(...(lost < 0 ? given : given.slice(0, ended)));
    await session.close();
    if (answers.length >= commands.length) return { answers, sessions };
    session = await open();
    sessions += 1;
  }
}

async function runSingly(reference: Shell, commands: readonly string[]): Promise<readonly Answer[]> {
  const answers: Answer[] = [];
  const todo = commands.entries();
  const work = async () => {
    for (const [index, command] of todo) answers[index] = await attempt(reference, command);
  };
  await Promise.all(Array.from({ length: referencesAtOnce }, work));
  return answers;
}

async function attempt(shell: Shell, command: string): Promise<Answer> {
  try {
    return await shell.run(command, { timeoutMs });
  } catch (thrown) {
    return { error: asScanError(thrown).code, unsent: wasNeverSent(thrown) };
  }
}

function differing(command: string, one: Answer, other: Answer): readonly string[] {
  if ("error" in one || "error" in other) {
    return "error" in one && "error" in other && one.error === other.error ? [] : ["error"];
  }
  const fields = one.exitCode === other.exitCode ? [] : ["exit code"];
  if (whyVolatile(command) !== undefined) return fields;
  if (Buffer.compare(one.stdout, other.stdout) !== 0) fields.push("stdout");
  if (Buffer.compare(one.stderr, other.stderr) !== 0) fields.push("stderr");
  return fields;
}

function onlyFiguresDiffer(one: Answer, other: Answer): boolean {
  const shape = (answer: Answer) =>
    "error" in answer
      ? answer.error
      : [answer.exitCode, ...[answer.stdout, answer.stderr].map((bytes) => Buffer.from(bytes).toString("latin1"))]
          .join("\0")
          .replaceAll(/\d+/g, "0");
  return shape(one) === shape(other);
}

function inWords(answer: Answer): string {
  if ("error" in answer) return answer.error;
  const show = (bytes: Uint8Array) =>
    `${bytes.length}:${JSON.stringify(Buffer.from(bytes.subarray(0, 160)).toString("latin1"))}`;
  return `exit ${answer.exitCode} stdout ${show(answer.stdout)} stderr ${show(answer.stderr)}`;
}
