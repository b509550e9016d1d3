import { ScanError } from "#contract/errors.ts";
import type { Task } from "#contract/task.ts";
import { firstHop } from "#ledger/tries.ts";

const firstWaitSeconds = 30;
const longestWaitSeconds = 900;
/** A task that was sent anew goes on where its last message ended: at the longest wait. */
const triesOfAHop = 5;

/** How long a failed task stays away: 30 s doubled each time, at most 15 min, jittered; or what the server asked for. */
export function waitSeconds(
  task: Pick<Task, "kind" | "hop">,
  receive: number,
  error: unknown,
  random: () => number = Math.random,
): number {
  const tries = receive + triesOfAHop * (task.hop - firstHop(task));
  const asked = error instanceof ScanError ? error.retryAfterMs : undefined;
  const ladder = Math.min(longestWaitSeconds, firstWaitSeconds * 2 ** Math.max(0, tries - 1));
  return Math.max((asked ?? 0) / 1000, ladder * (0.5 + random() / 2));
}
