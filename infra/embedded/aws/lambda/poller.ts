import { type Message, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import type { Clock } from "../clock.ts";

const LONGEST_POLL_SECONDS = 20;

export interface GatherOptions {
  readonly sqs: SQSClient;
  readonly queueUrl: string;
  readonly batchSize: number;
  /** How long to go on collecting after the first message, in milliseconds. */
  readonly batchWindowMs: number;
  readonly clock: Clock;
  readonly signal: AbortSignal;
}

/**
 * One batch: a long poll, then more receives until the batch is full or the window is over. Empty when nothing came.
 * Throws what the SDK throws, unless there are messages in hand already: those are worked on first.
 */
export async function gatherBatch(options: GatherOptions): Promise<Message[]> {
  const { batchSize, batchWindowMs, clock, signal } = options;
  const batch = await receive(options, batchSize, LONGEST_POLL_SECONDS);
  const until = clock.now() + batchWindowMs;
  while (batch.length > 0 && batch.length < batchSize && clock.now() < until && !signal.aborted) {
    const waitSeconds = Math.min(LONGEST_POLL_SECONDS, Math.ceil((until - clock.now()) / 1_000));
    try {
      batch.push(...(await receive(options, batchSize - batch.length, waitSeconds)));
    } catch {
      break;
    }
  }
  return batch;
}

async function receive(
  { sqs, queueUrl, signal }: GatherOptions,
  wanted: number,
  waitSeconds: number,
): Promise<Message[]> {
  const { Messages = [] } = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: queueUrl,
      MaxNumberOfMessages: Math.min(10, wanted),
      WaitTimeSeconds: waitSeconds,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    }),
    { abortSignal: signal },
  );
  return Messages;
}
