import { ChangeMessageVisibilityCommand, SendMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { ScanError } from "#contract/errors.ts";

/** A message to send; `group` keeps queues fair between clusters (SQS fair queues). */
export interface OutgoingMessage {
  readonly body: string;
  readonly group?: string;
}

/** The two things that muster does to a queue; receiving and deleting is the event source mapping's work. */
export interface Queue {
  /** Sends all messages, in batches. Throws when one could not be sent: sending again is harmless, ids are equal. */
  send(messages: readonly OutgoingMessage[]): Promise<void>;
  /** Hides a received message from others for so many seconds from now. */
  hide(receiptHandle: string, seconds: number): Promise<void>;
}

const batchEntries = 10;
const batchBytes = 1024 * 1024;
const sendTries = 3;
const longestHideSeconds = 43_200;

/** One SQS queue as a Queue. */
export function sqsQueue(client: SQSClient, queueUrl: string): Queue {
  async function sendBatch(batch: readonly OutgoingMessage[]): Promise<void> {
    let left = batch.map((message, index) => ({
      Id: String(index),
      MessageBody: message.body,
      ...(message.group === undefined ? {} : { MessageGroupId: message.group }),
    }));
    for (let attempt = 1; left.length > 0; attempt += 1) {
      const { Failed = [] } = await client.send(new SendMessageBatchCommand({ QueueUrl: queueUrl, Entries: left }));
      const ours = Failed.find((entry) => entry.SenderFault);
      if (ours !== undefined) throw new ScanError("internal", `SQS refused a message: ${ours.Code}: ${ours.Message}`);
      const failed = new Set(Failed.map((entry) => entry.Id));
      left = left.filter((entry) => failed.has(entry.Id));
      if (left.length > 0 && attempt === sendTries) {
        throw new ScanError("internal", `SQS did not take ${left.length} messages`, { retryable: true });
      }
    }
  }
  return {
    async send(messages) {
      for (const batch of batches(messages)) await sendBatch(batch);
    },
    async hide(receiptHandle, seconds) {
      const VisibilityTimeout = Math.max(0, Math.min(longestHideSeconds, Math.ceil(seconds)));
      const request = { QueueUrl: queueUrl, ReceiptHandle: receiptHandle, VisibilityTimeout };
      await client.send(new ChangeMessageVisibilityCommand(request));
    },
  };
}

function* batches(messages: readonly OutgoingMessage[]): Generator<readonly OutgoingMessage[]> {
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
