import type { ScanError } from "#contract/errors.ts";
import { expectedKey, outcomeKey, outcomesPrefix, shardOf } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Outcome } from "#contract/outcome.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import type { TargetEntry } from "#contract/request.ts";
import { Expected } from "#contract/run.ts";
import { targetName } from "#contract/target.ts";
import type { ExpandTask, ScanTask, Task } from "#contract/task.ts";
import { checkCompletion } from "./completion.ts";
import { createDocument, readDocument } from "./documents.ts";

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

/** Writes the outcome of a task, once, and looks whether it was the last. False when another attempt was first. */
export async function writeOutcome(objects: ObjectStore, outcome: Outcome, now: () => Date): Promise<boolean> {
  const key = outcomeKey(outcome.scanId, outcome.taskId);
  const { created } = await createDocument(objects, key, Outcome, outcome);
  await checkCompletion(objects, outcome.scanId, now, shardOf(outcome.taskId));
  return created;
}

/**
 * Ends an expand task that found nothing or could not look: it then owes its own outcome, and nothing else. When an
 * earlier attempt has already said what it found, that stands and nothing is written.
 */
export async function endExpand(
  objects: ObjectStore,
  task: ExpandTask,
  error: ScanError,
  now: () => Date,
): Promise<void> {
  const { scanId, taskId } = task;
  const own: Expected = { schemaVersion: 1, scanId, expandTaskId: taskId, taskIds: [taskId], tasks: [] };
  const { stored } = await createDocument(objects, expectedKey(scanId, taskId), Expected, own);
  if (stored.taskIds.includes(taskId)) await writeOutcome(objects, unscanned(task, error, now), now);
  await checkCompletion(objects, scanId, now); // other shards may have waited for this word alone
}

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

/** All outcomes of a scan, in the order of their subjects. */
export async function readOutcomes(objects: ObjectStore, scanId: string): Promise<readonly Outcome[]> {
  const keys = await objects.list(outcomesPrefix(scanId));
  const outcomes = await Promise.all(keys.map((key) => readDocument(objects, key, Outcome)));
  return outcomes
    .filter((outcome) => outcome !== undefined)
    .sort((a, b) => (a.subject < b.subject ? -1 : a.subject > b.subject ? 1 : 0));
}

/** Whether a task has ended already. */
export async function hasOutcome(objects: ObjectStore, task: Pick<ScanTask, "scanId" | "taskId">): Promise<boolean> {
  return (await objects.read(outcomeKey(task.scanId, task.taskId))) !== undefined;
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
