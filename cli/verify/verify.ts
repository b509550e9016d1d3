import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { unpackProfile } from "#audit/archive.ts";
import { startAuditor } from "#audit/auditor.ts";
import type { Connection } from "#cluster/connection.ts";
import { ScanError } from "#contract/errors.ts";
import { faultsAsText, faultsOf } from "#contract/faults.ts";
import { ScanRequest } from "#contract/request.ts";
import type { Registration } from "#ledger/registry.ts";
import type { Progress } from "../progress.ts";
import { chosenContainers } from "./chosen.ts";
import { type Verification, type VerifiedTarget, verifyTarget } from "./verify-target.ts";

export interface VerifyErrand {
  readonly request: ScanRequest;
  readonly registrations: readonly Registration[];
  readonly connection: Connection;
  readonly progress: Progress;
}

/** How much longer than a scan a run with one exec a command may take. */
const patience = 10;
const defaultDeadlineMinutes = 12;

/** Verifies every chosen container with every profile, one after the other: parallel runs would disturb the times. */
export async function verify(errand: VerifyErrand): Promise<readonly VerifiedTarget[]> {
  const checked = ScanRequest.safeParse(errand.request);
  if (!checked.success) throw new ScanError("bad-request", faultsAsText(faultsOf(checked.error)));
  const { targets: entries, options = {} } = checked.data;
  if (options.sample !== undefined || options.maxTargets !== undefined) {
    throw new ScanError(
      "bad-request",
      "--verify looks at every chosen container: leave out --sample and --max-targets",
    );
  }
  const { connection, progress } = errand;
  const workDir = mkdtempSync(join(tmpdir(), "muster-")); // short: Unix socket paths have 107 bytes
  const stop = new AbortController();
  try {
    const targets = (await Promise.all(entries.map((entry) => chosenContainers(connection, entry)))).flat();
    const auditor = await startAuditor({ workDir, signal: stop.signal });
    const job = {
      ...inputsOf(errand.registrations),
      ...waiversOf(errand.registrations, workDir),
      olderAuditor: options.olderAuditor ?? false,
      presentAsContainer: options.presentAsContainer ?? false,
      deadlineMs: (options.deadlineMinutes ?? defaultDeadlineMinutes) * 60_000 * patience,
    };
    const verified: VerifiedTarget[] = [];
    for (const { name, bytes } of errand.registrations.filter(({ kind }) => kind === "profiles")) {
      const profile = { name, path: await unpackProfile(bytes, join(workDir, "profiles")) };
      const given: Verification = { connection, auditor, profile, job, signal: stop.signal };
      for (const target of targets) {
        const done = await verifyTarget(target, given);
        progress.say(
          `${done.target}: ${done.reason ?? `${done.differences.length} of ${done.controls} controls differ`}`,
        );
        verified.push(done);
      }
    }
    await auditor.close();
    return verified;
  } finally {
    stop.abort();
    progress.end();
    rmSync(workDir, { recursive: true, force: true });
  }
}

function inputsOf(registrations: readonly Registration[]): { readonly inputs?: Record<string, unknown> } {
  const found = registrations.find(({ kind }) => kind === "inputs");
  if (found === undefined) return {};
  const value: unknown = parse(Buffer.from(found.bytes).toString());
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ScanError("profile-invalid", "--input-file must be a map of names to values");
  }
  return { inputs: value as Record<string, unknown> }; // a YAML map at the top, as just seen
}

function waiversOf(registrations: readonly Registration[], folder: string): { readonly waivers?: string } {
  const found = registrations.find(({ kind }) => kind === "waivers");
  if (found === undefined) return {};
  const waivers = join(folder, "waivers.yaml");
  writeFileSync(waivers, found.bytes);
  return { waivers };
}
