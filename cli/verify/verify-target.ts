import type { Auditor } from "#audit/auditor.ts";
import type { AuditJob } from "#audit/job.ts";
import type { Connection } from "#cluster/connection.ts";
import { asScanError } from "#contract/errors.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import type { Shell } from "#contract/shell.ts";
import { type Target, targetName } from "#contract/target.ts";
import { locate, stillThere } from "#functions/executor/locate.ts";
import { oneExecEach } from "#reach/exec-once.ts";
import { openShell } from "#reach/open-shell.ts";
import { ReopeningShell } from "#reach/reopening.ts";
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
  readonly session: RunCost | null;
  /** The first run before the session's, the second after it. */
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
 * Runs the profile with one exec a command, over one session, and with one exec a command again. The references stand
 * around the session, so that what changed in the container meanwhile makes them disagree. Never throws.
 */
export async function verifyTarget(target: Target, given: Verification): Promise<VerifiedTarget> {
  const named = { target: targetName(target), profile: given.profile.name };
  const references: RunCost[] = [];
  let session: RunCost | null = null;
  try {
    const began = await locate(given.connection, target, given.signal);
    const shell = await shellPath(given.connection, began, given.signal);
    const before = await timed(() => viaSingleExecs(began, shell, given));
    references.push(before.cost);
    const ours = await timed(() => viaSession(began, given));
    session = ours.cost;
    const after = await timed(() => viaSingleExecs(began, shell, given));
    references.push(after.cost);
    await stillThere(given.connection, began, given.signal);
    const verdicts = sameVerdicts(ours.hdf, [before.hdf, after.hdf]);
    const verified = verdicts.differences.length === 0;
    return { ...named, verified, reason: null, message: "", ...verdicts, session, references };
  } catch (thrown) {
    const { code, message } = asScanError(thrown);
    const none = { controls: 0, differences: [], unsteady: [] };
    return { ...named, verified: null, reason: code, message, ...none, session, references };
  }
}

interface Ran {
  readonly hdf: Uint8Array;
  readonly commands: number;
  readonly execs: number;
}

async function timed(run: () => Promise<Ran>): Promise<{ readonly hdf: Uint8Array; readonly cost: RunCost }> {
  const begun = performance.now();
  const { hdf, commands, execs } = await run();
  return { hdf, cost: { commands, execs, wallMs: Math.round(performance.now() - begun) } };
}

/** The session runs each command as `<shell> -c`, so `$0` is the shell that the reference has to use too. */
async function shellPath(connection: Connection, target: Target, signal: AbortSignal): Promise<string> {
  const session = await openShell(connection, target, { signal: signal });
  try {
    return Buffer.from((await session.run('printf %s "$0"', { signal })).stdout).toString();
  } finally {
    await session.close();
  }
}

/** As a scan does it, but for a lost connection: that ends the comparison. */
async function viaSession(target: Target, given: Verification): Promise<Ran> {
  const open = () => openShell(given.connection, target, { signal: given.signal });
  const session = new ReopeningShell({ first: await open(), open, most: 0 });
  try {
    const { hdf, counters } = await audit(session, target, given);
    return { hdf, commands: counters.commands, execs: session.execStreams };
  } finally {
    await session.close();
  }
}

async function viaSingleExecs(target: Target, shell: string, given: Verification): Promise<Ran> {
  const single = oneExecEach(given.connection, target, shell);
  const { hdf, counters } = await audit(single, target, given);
  return { hdf, commands: counters.commands, execs: single.execs };
}

function audit(shell: Shell, target: Target, { auditor, profile, job, signal }: Verification) {
  const identity = { uri: `muster://${targetName(target)}`, uniqueId: `${target.podUid}/${target.container}` };
  return auditor.audit({ ...job, shell, profile: profile.path, identity, signal });
}
