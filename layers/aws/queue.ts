import { setTimeout as sleep } from "node:timers/promises";
import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { ScanError } from "#contract/errors.ts";
import { awsTrouble } from "./trouble.ts";

/** A message to send, a JSON document; `group` keeps queues fair between clusters (SQS fair queues). */
export interface OutgoingMessage {
  readonly body: string;
  readonly group?: string;
  /** Nobody receives it before so many seconds have passed, at most 900. */
  readonly delaySeconds?: number;
}

/** The two things that muster does to a queue; receiving and deleting is the event source mapping's work. */
export interface Queue {
  /** Sends all messages, in batches. Throws when one could not be sent: sending again is harmless, ids are equal. */
  send(messages: Iterable<OutgoingMessage>): Promise<void>;
  /** Hides a received message from others for so many seconds from now. */
  hide(receiptHandle: string, seconds: number): Promise<void>;
}

const batchEntries = 10;
const batchBytes = 1024 * 1024;
const batchesAtOnce = 16;
const sendTries = 4;
const longestHideSeconds = 43_200;
const longestDelaySeconds = 900;

/** Entries that SQS refused for reasons of its own are sent again after 0.1 to 0.8 s, jittered. */
const afterRefusal = (attempt: number) => sleep(100 * 2 ** attempt * (0.5 + Math.random() / 2));

/** One SQS queue as a Queue. */
export function sqsQueue(client: SQSClient, queueUrl: string, pause = afterRefusal): Queue {
  const trouble = (verb: string) => (error: unknown) => Promise.reject(awsTrouble(error, `SQS ${verb} ${queueUrl}`));

  async function sendBatch(batch: readonly OutgoingMessage[]): Promise<void> {
    let left = batch.map(({ body, group, delaySeconds }, index) => ({
      Id: String(index),
      MessageBody: escaped(body),
      ...(group === undefined ? {} : { MessageGroupId: group }),
      ...(delaySeconds && { DelaySeconds: Math.min(longestDelaySeconds, Math.ceil(delaySeconds)) }),
    }));
    for (let attempt = 1; left.length > 0; attempt += 1) {
      const command = new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: left });
      // Refused as a whole, it is not the messages' fault: rights and queues may still be on their way.
      const { Failed = [] } = await client.send(command).catch((error: unknown) => {
        const { message } = awsTrouble(error, `SQS SendMessageBatch ${queueUrl}`);
        throw new ScanError("internal", message, { cause: error, retryable: true });
      });
      const ours = Failed.find((entry) => entry.SenderFault);
      if (ours !== undefined) throw new ScanError("internal", `SQS refused a message: ${ours.Code}: ${ours.Message}`);
      const failed = new Set(Failed.map((entry) => entry.Id));
      left = left.filter((entry) => failed.has(entry.Id));
      if (left.length === 0) return;
      if (attempt === sendTries) {
        throw new ScanError("internal", `SQS did not take ${left.length} messages`, { retryable: true });
      }
      await pause(attempt);
    }
  }
  return {
    async send(messages) {
      const waiting = batches(messages); // shared: a batch that fails closes it, and then nobody takes another
      const sendSome = async () => {
        for (const batch of waiting) await sendBatch(batch);
      };
      await Promise.all(Array.from({ length: batchesAtOnce }, sendSome));
    },
    async hide(receiptHandle, seconds) {
      const VisibilityTimeout = Math.max(0, Math.min(longestHideSeconds, Math.ceil(seconds)));
      const request = { QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout };
      await client.send(new ChangeMessageVisibilityCommand(request)).catch(trouble("ChangeMessageVisibility"));
    },
  };
}

/** JSON may hold two characters that SQS takes in no message (SendMessage, "characters allowed"). */
export const escaped = (json: string) =>
  json.replaceAll(/[\uFFFE\uFFFF]/g, (character) => `\\u${character.charCodeAt(0).toString(16)}`);

function* batches(messages: Iterable<OutgoingMessage>): Generator<readonly OutgoingMessage[]> {
  let batch: OutgoingMessage[] = [];
  let size = 0;
  for (const message of messages) {
    const bytes = Buffer.byteLength(message.body);
    if (batch.length === batchEntries || (batch.length > 0 && size + bytes > batchBytes)) {
      yield batch;
      batch = [];
      size = 0;
    }
    batch.push(message);
    size += bytes;
  }
  if (batch.length > 0) yield batch;
}
