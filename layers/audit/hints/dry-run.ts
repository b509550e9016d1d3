import { ScanError } from "#contract/errors.ts";
import { Answers } from "../answers.ts";
import type { Auditor } from "../auditor.ts";
import type { AuditJob } from "../job.ts";
import { type HintList, untried } from "./hint-list.ts";
import { emptyTarget, platforms } from "./platforms.ts";

const deadlineMs = 60_000;

/**
 * What a profile asks on each platform where there is nothing, by platform. A platform that it does not support is left
 * out. Throws `profile-invalid` for a profile that the auditor cannot load.
 */
export async function dryRun(
  auditor: Auditor,
  job: Pick<AuditJob, "profile" | "inputs" | "olderAuditor" | "presentAsContainer">,
): Promise<ReadonlyMap<string, HintList>> {
  const lists = new Map<string, HintList>();
  for (const platform of platforms) {
    const answers = new Answers();
    const identity = { uri: `muster://dry-run/${platform.name}`, uniqueId: platform.name };
    const shell = emptyTarget(platform);
    try {
      await auditor.audit({ ...job, shell, answers, identity, deadlineMs, patient: true });
      lists.set(`dry-run/${platform.name}`, untried(answers.asked));
    } catch (error) {
      if (error instanceof ScanError && error.code === "profile-invalid") throw error;
    }
  }
  return lists;
}
