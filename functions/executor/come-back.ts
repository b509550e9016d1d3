import type { Queue } from "#aws/queue.ts";
import { ScanError } from "#contract/errors.ts";

const firstWaitSeconds = 30;
const longestWaitSeconds = 900;

/** How long a failed task stays away: 30 s doubled each time, at most 15 min, jittered; or what the server asked for. */
export function waitSeconds(receives: number, error: unknown, random: () => number = Math.random): number {
  const asked = error instanceof ScanError ? error.retryAfterMs : undefined;
  const ladder = Math.min(longestWaitSeconds, firstWaitSeconds * 2 ** Math.max(0, receives - 1));
  return Math.max((asked ?? 0) / 1000, ladder * (0.5 + random() / 2));
}

/** Without this a failed message returns only when its visibility runs out, 90 minutes later. */
export async function comeBackLater(
  queue: Queue,
  receiptHandle: string,
  receives: number,
  error: unknown,
): Promise<void> {
  await queue.hide(receiptHandle, waitSeconds(receives, error));
}
