import { literalsOf } from "#audit/ahead/literals.ts";
import { planAhead } from "#audit/ahead/plan.ts";
import { aheadOfAll } from "#audit/ahead/static-bundle.ts";
import type { Stretch } from "#audit/ahead/stretch.ts";
import { Answers, type Asked } from "#audit/answers.ts";
import type { Auditor } from "#audit/auditor.ts";
import { merged, rememberedFrom } from "#audit/hints/hint-list.ts";
import type { AuditJob } from "#audit/job.ts";
import type { Connection } from "#cluster/connection.ts";
import { asScanError, ScanError } from "#contract/errors.ts";
import { strictPolicy } from "#contract/policy.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import type { Shell } from "#contract/shell.ts";
import { type Target, targetName } from "#contract/target.ts";
import { enter } from "#functions/executor/enter.ts";
import { locate, stillThere } from "#functions/executor/locate.ts";
import { oneExecEach } from "#reach/exec-once.ts";
import { openShell } from "#reach/open-shell.ts";
import { sameVerdicts, type Verdicts } from "./same-verdicts.ts";

/** What one run of the profile cost. */
export interface RunCost {
  readonly commands: number;
  readonly execs: number;
  readonly wallMs: number;
}

/** What came of one profile on one container; `verified` is null when it could not be decided, and `reason` says why. */
export interface VerifiedTarget extends Verdicts {
  readonly target: string;
  readonly profile: string;
  readonly verified: boolean | null;
  readonly reason: ReasonCode | null;
  readonly message: string;
  /** Our way: first with nothing remembered, then with what that scan asked sent ahead. */
  readonly sessions: readonly RunCost[];
  /** The first run before ours, the second after them. */
  readonly references: readonly RunCost[];
}

export interface Verification {
  readonly connection: Connection;
  readonly auditor: Auditor;
  readonly profile: { readonly name: string; readonly path: string };
  readonly job: Pick<AuditJob, "inputs" | "waivers" | "olderAuditor" | "presentAsContainer" | "deadlineMs">;
  readonly signal: AbortSignal;
}

/**
 * Runs the profile with one exec a command, twice as a scan does, and with one exec a command again. The references stand
 * around ours, so that what changed in the container meanwhile makes them disagree. Never throws.
 */
export async function verifyTarget(target: Target, given: Verification): Promise<VerifiedTarget> {
  const named = { target: targetName(target), profile: given.profile.name };
  const references: RunCost[] = [];
  const sessions: RunCost[] = [];
  try {
    const { target: began } = await locate(given.connection, target, given.signal);
    if (began.os === "windows") {
      throw new ScanError("windows-unsupported", "--verify compares with one exec of a POSIX shell a command");
    }
    const shell = await shellPath(given.connection, began, given.signal);
    const before = await timed(() => viaSingleExecs(began, shell, given));
    references.push(before.cost);
    const first = await timed(() => viaSession(began, given, aheadOfAll()));
    sessions.push(first.cost);
    const remembered = rememberedFrom(merged(undefined, first.asked));
    const ahead = planAhead(remembered, await literalsOf(given.profile.path));
    const second = await timed(() => viaSession(began, given, ahead));
    sessions.push(second.cost);
    const after = await timed(() => viaSingleExecs(began, shell, given));
    references.push(after.cost);
    await stillThere(given.connection, began, given.signal);
    const both = [first, second].map(({ hdf }) => sameVerdicts(hdf, [before.hdf, after.hdf]));
    const differences = both.flatMap((verdicts) => verdicts.differences);
    const { controls, unsteady } = sameVerdicts(first.hdf, [before.hdf, after.hdf]);
    const verified = differences.length === 0;
    return {
      ...named,
      ...{ verified, reason: null, message: "", controls, differences, unsteady, sessions, references },
    };
  } catch (thrown) {
    const { code, message } = asScanError(thrown);
    const none = { controls: 0, differences: [], unsteady: [] };
    return { ...named, verified: null, reason: code, message, ...none, sessions, references };
  }
}

interface Ran {
  readonly hdf: Uint8Array;
  readonly asked: readonly Asked[];
  readonly commands: number;
  readonly execs: number;
}

async function timed(run: () => Promise<Ran>): Promise<Ran & { readonly cost: RunCost }> {
  const begun = performance.now();
  const ran = await run();
  const { commands, execs } = ran;
  return { ...ran, cost: { commands, execs, wallMs: Math.round(performance.now() - begun) } };
}

/** The session runs each command as `<shell> -c`, so `$0` is the shell that the reference has to use too. */
async function shellPath(connection: Connection, target: Target, signal: AbortSignal): Promise<string> {
  const session = await openShell(connection, target, { signal });
  try {
    return Buffer.from((await session.run('printf %s "$0"', { signal })).stdout).toString();
  } finally {
    await session.close();
  }
}

async function viaSession(target: Target, given: Verification, ahead: readonly Stretch[]): Promise<Ran> {
  const answers = new Answers({ ahead });
  const entry = enter(given.connection, target, { answers, policy: strictPolicy, signal: given.signal });
  try {
    const { hdf, counters } = await audit(entry.shell, target, given, answers);
    const { execStreams } = await entry.cost();
    return { hdf, asked: answers.asked, commands: counters.commands, execs: execStreams };
  } finally {
    await entry.close();
  }
}

async function viaSingleExecs(target: Target, shell: string, given: Verification): Promise<Ran> {
  const single = oneExecEach(given.connection, target, shell);
  const { hdf, counters } = await audit(single, target, given);
  return { hdf, asked: [], commands: counters.commands, execs: single.execs };
}

function audit(
  shell: Shell | Promise<Shell>,
  target: Target,
  { auditor, profile, job, signal }: Verification,
  answers?: Answers,
) {
  const identity = { uri: `muster://${targetName(target)}`, uniqueId: `${target.podUid}/${target.container}` };
  const known = answers === undefined ? {} : { answers };
  return auditor.audit({ ...job, ...known, shell, os: target.os, profile: profile.path, identity, signal });
}
