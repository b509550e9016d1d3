import { ScanError } from "#contract/errors.ts";
import { attemptFolder } from "#contract/keys.ts";
import type { Outcome } from "#contract/outcome.ts";
import { targetName } from "#contract/target.ts";
import type { ScanTask } from "#contract/task.ts";
import type { Trouble } from "./plan.ts";

/** What a scan that went well says, without the scan. */
export function scanned(task: ScanTask, now: Date): Outcome {
  return {
    ...{ schemaVersion: 1, scanId: task.scanId, taskId: task.taskId, kind: "scan", outcome: "scanned", reason: null },
    ...{ message: "", subject: targetName(task.target), target: task.target, profile: task.profile, way: "shell" },
    counts: { passed: 1, failed: 0, not_applicable: 0, not_reviewed: 0, error: 0 },
    ...{ compliance: 100, key: attemptFolder(task, "1"), finishedAt: now.toISOString() },
  };
}

/** A scan that does what its pod's trouble says; `times` counts how often each pod was entered. */
export function standIn(trouble: Trouble, time: number, kill: () => void) {
  if (trouble === "no-shell") throw new ScanError("no-shell", "there is none");
  if (trouble === "restarts-twice" && time <= 2) throw new ScanError("restarted", "it restarted");
  if (trouble === "late-once" && time === 1) throw new ScanError("deadline", "too slow without hints");
  if (trouble === "kills") kill();
}
