import type { Inbox, ReceivedMessage } from "#aws/inbox.ts";
import type { Queue } from "#aws/queue.ts";
import { ScanError } from "#contract/errors.ts";
import { type TakePorts, takeTask } from "./take.ts";

export interface WorkerPorts extends TakePorts {
  /** The task queue. */
  readonly queue: Queue & Inbox;
  /** Tasks at once. */
  readonly concurrency: number;
  /** Default 100 s: two heartbeats may fail before somebody else gets the message. */
  readonly heartbeatMs?: number;
}

const hideSeconds = 300;
const defaultHeartbeatMs = 100_000;
/** SQS takes a message back 12 hours after it was received, whatever the heartbeat says. */
const longestMs = 11.75 * 60 * 60 * 1000;
const pauseAfterTroubleMs = 5_000;

/**
 * Carries out tasks off Lambda, for scans longer than its 15 minutes: polls the queue, keeps each message hidden with a
 * heartbeat, and stops a scan whose message somebody else has. Resolves when `stop` is aborted and what ran has ended.
 */
export async function runWorker(ports: WorkerPorts, stop: AbortSignal): Promise<void> {
  const one = async () => {
    while (!stop.aborted) {
      const message = await ports.queue.next(hideSeconds, stop).catch((error: unknown) => troubled(ports, error, stop));
      if (message !== undefined) await work(message, ports);
    }
  };
  await Promise.all(Array.from({ length: ports.concurrency }, one));
}

async function work(message: ReceivedMessage, ports: WorkerPorts): Promise<void> {
  const { body, receive, receiptHandle } = message;
  const { queue, heartbeatMs = defaultHeartbeatMs } = ports;
  const hide = (seconds: number) => queue.hide(receiptHandle, seconds);
  const heart = beat(() => hide(hideSeconds), heartbeatMs);
  try {
    // Receiving has hidden it already.
    await takeTask({ body, receive, leftMs: longestMs, signal: heart.lost, hide, hidden: Promise.resolve() }, ports);
    await queue.done(receiptHandle);
  } catch (error) {
    ports.logger.warn("the queue brings the task back", { error });
  } finally {
    heart.end();
    ports.metrics.publishStoredMetrics();
  }
}

/** Extends a message's visibility until it is ended; `lost` aborts when that failed twice in a row or SQS refused it. */
function beat(extend: () => Promise<void>, everyMs: number) {
  const lost = new AbortController();
  let failures = 0;
  const timer = setInterval(() => {
    extend().then(
      () => {
        failures = 0;
      },
      (error: unknown) => {
        failures += 1;
        if (failures < 2 && error instanceof ScanError && error.retryable) return;
        lost.abort(new ScanError("internal", "the task's message is no longer held", { cause: error }));
      },
    );
  }, everyMs);
  return { lost: lost.signal, end: () => clearInterval(timer) };
}

/** Waits a moment, or a queue that cannot be reached would be asked as fast as it refuses. */
async function troubled({ logger }: WorkerPorts, error: unknown, stop: AbortSignal): Promise<undefined> {
  if (stop.aborted) return;
  logger.warn("the queue cannot be read", { error });
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, pauseAfterTroubleMs);
    stop.addEventListener("abort", () => resolve(), { once: true });
    stop.addEventListener("abort", () => clearTimeout(timer), { once: true });
  });
}
