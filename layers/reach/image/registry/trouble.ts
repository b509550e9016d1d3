import { ScanError } from "#contract/errors.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import { ImageUnreadable } from "../unreadable.ts";

/** What is said of a way. Of the way to the cluster, whoever reads these codes thinks: its credentials, its API server. */
const ofAWay: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  ...(["dns", "tcp", "tls", "proxy", "timeout", "throttled", "connection-lost"] as const),
  ...(["unauthenticated", "forbidden"] as const),
]);

/** Trouble with a registry as trouble with the image: what may pass is `connection-lost`, all else an unreadable image. */
function ofTheImage(error: unknown, host: string, signal: AbortSignal): unknown {
  if (!(error instanceof ScanError) || error instanceof ImageUnreadable) return error;
  if (signal.aborted || !ofAWay.has(error.code)) return error;
  const words = `at its registry ${host}: ${error.message}`;
  if (!error.retryable) return new ImageUnreadable(words, error);
  const { retryAfterMs } = error;
  return new ScanError("connection-lost", `the container cannot be entered, and its image cannot be had: ${words}`, {
    ...{ cause: error, ...(retryAfterMs !== undefined && { retryAfterMs }) },
  });
}

/** Tells a registry's trouble apart from the cluster's, of promises and of streams. */
export function tellingApart(host: string, signal: AbortSignal) {
  return {
    async document(asked: Promise<Uint8Array>): Promise<Uint8Array> {
      try {
        return await asked;
      } catch (error) {
        throw ofTheImage(error, host, signal);
      }
    },
    async *stream(chunks: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void, void> {
      try {
        yield* chunks;
      } catch (error) {
        throw ofTheImage(error, host, signal);
      }
    },
  };
}
