import type { ScanError } from "#contract/errors.ts";
import type { Outcome } from "#contract/outcome.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import type { TargetEntry } from "#contract/request.ts";
import { targetName } from "#contract/target.ts";
import type { Task } from "#contract/task.ts";

/** Reasons that say something about the target itself; every other is trouble on the way to it. */
const ofTheTarget: ReadonlySet<ReasonCode> = new Set([
  "no-shell",
  "toolbox-refused",
  "toolbox-image",
  "windows-unsupported",
  "not-running",
  "policy-blocked",
  "profile-mismatch",
]);

/** The outcome of a task that has no verdict. */
export function unscanned(task: Task, error: ScanError, now: () => Date): Outcome {
  return {
    schemaVersion: 1,
    scanId: task.scanId,
    taskId: task.taskId,
    kind: task.kind,
    outcome: ofTheTarget.has(error.code) ? "unscannable" : "failed",
    reason: error.code,
    message: error.message.slice(0, 2048),
    subject: subjectOf(task),
    target: task.kind === "scan" ? task.target : null,
    profile: task.kind === "scan" ? task.profile : null,
    way: null,
    counts: null,
    compliance: null,
    key: null,
    finishedAt: now().toISOString(),
  };
}

function subjectOf(task: Task): string {
  return task.kind === "scan" ? targetName(task.target) : entryName(task.entry);
}

/** A target entry in words: `prod/shop,web (app=web) pods a,b containers c`. */
export function entryName(entry: TargetEntry): string {
  const parts = [`${entry.cluster}/${entry.namespaces?.join(",") ?? "*"}`];
  if (entry.labelSelector !== undefined) parts.push(`(${entry.labelSelector})`);
  if (entry.pods !== undefined) parts.push(`pods ${entry.pods.join(",")}`);
  if (entry.podsFrom !== undefined) parts.push(`pods from ${entry.podsFrom.key}`);
  if (entry.containers !== undefined) parts.push(`containers ${entry.containers.join(",")}`);
  return parts.join(" ");
}
