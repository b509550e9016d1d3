import { scanIdOf, scanTaskIdOf } from "#contract/ids.ts";
import { planKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Outcome } from "#contract/outcome.ts";
import { Expected, Plan } from "#contract/run.ts";
import type { Target } from "#contract/target.ts";
import { createDocument } from "#ledger/documents.ts";
import { writeOutcome } from "#ledger/outcomes.ts";
import { expandTask, scanTask, target } from "./build.ts";

const profile = { name: "baseline", digest: "d".repeat(64) };

export interface FinishedScan {
  readonly requestId?: string;
  readonly requestedAt?: string;
  readonly requestedBy?: string;
  /** What was scanned, each with its compliance in percent, or null when it ended as `no-shell`. */
  readonly containers: readonly { readonly target?: Partial<Target>; readonly compliance: number | null }[];
}

/** Writes a whole scan into the evidence bucket, through the ledger, up to its `complete.json`. Gives its id. */
export async function finishedScan(evidence: ObjectStore, given: FinishedScan): Promise<string> {
  const { requestId = "r1", requestedAt = "2026-11-24T03:00:00.000Z", requestedBy } = given;
  const scanId = scanIdOf({ requestId }, "");
  const expand = expandTask({ scanId, requestedAt, profiles: [profile] });
  const request = {
    ...{ schemaVersion: 1 as const, requestId, profile: profile.name, targets: [{ cluster: "prod" }] },
    ...(requestedBy && { requestedBy }),
  };
  await createDocument(evidence, planKey(scanId), Plan, {
    ...{ schemaVersion: 1 as const, scanId, requestedAt, request, tasks: [expand] },
  });
  const tasks = given.containers.map(({ target: about }) => {
    const found = target(about);
    const taskId = scanTaskIdOf(scanId, found, profile.digest);
    return scanTask({ scanId, requestedAt, target: found, profile, taskId });
  });
  const taskIds = tasks.map(({ taskId }) => taskId);
  const expected: Expected = { schemaVersion: 1, scanId, expandTaskId: expand.taskId, taskIds, tasks };
  await createDocument(evidence, `runs/v1/${scanId}/expected/${expand.taskId}.json`, Expected, expected);
  for (const [index, task] of tasks.entries()) {
    const compliance = given.containers[index]?.compliance ?? null;
    const ended = {
      ...{ schemaVersion: 1 as const, scanId, taskId: task.taskId, kind: "scan" as const, message: "", profile },
      ...{ target: task.target, subject: `prod/${task.target.namespace}/${task.target.pod}/main` },
      finishedAt: "2026-11-24T03:05:00.000Z",
    };
    const counts = { passed: 3, failed: 1, not_applicable: 0, not_reviewed: 0, error: 0 };
    const outcome: Outcome =
      compliance === null
        ? { ...ended, outcome: "unscannable", reason: "no-shell", way: null, counts: null, compliance: null, key: null }
        : {
            ...ended,
            outcome: "scanned",
            reason: null,
            way: "shell",
            counts,
            compliance,
            key: `scans/v1/${task.taskId}`,
          };
    await writeOutcome(evidence, Outcome.parse(outcome), () => new Date("2026-11-24T03:06:00.000Z"));
  }
  return scanId;
}
