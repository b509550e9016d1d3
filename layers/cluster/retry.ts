import { setTimeout as sleep } from "node:timers/promises";
import { abortError, ScanError } from "#contract/errors.ts";
import { refusedWith } from "./status.ts";

const tries = 4;
const firstWaitMs = 250;
const longestWaitMs = 20_000;

/**
 * Tries again what the server refused for the moment: 429 and 5xx, after its own Retry-After or a jittered, doubling
 * wait. Everything else, and the last refusal, is thrown as it came.
 */
export async function patiently<T>(action: () => Promise<T>, signal?: AbortSignal): Promise<T> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      return await action();
    } catch (error) {
      if (attempt === tries || !isPassing(error)) throw error;
      const ladder = firstWaitMs * 2 ** (attempt - 1) * (0.5 + Math.random());
      const asked = error instanceof ScanError ? (error.retryAfterMs ?? 0) : 0;
      if (asked > longestWaitMs) throw error; // the queue waits more cheaply than we do
      await sleep(Math.max(ladder, asked), undefined, { signal }).catch(() => undefined);
      if (signal?.aborted) throw abortError(signal, "waiting for the API server");
    }
  }
}

function isPassing(error: unknown): boolean {
  const status = refusedWith(error);
  return status === 429 || (status !== undefined && status >= 500);
}
