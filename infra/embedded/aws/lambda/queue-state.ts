import {
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  type Message,
  type QueueAttributeName,
  type SQSClient,
} from "@aws-sdk/client-sqs";

const COUNTS: QueueAttributeName[] = [
  "ApproximateNumberOfMessages",
  "ApproximateNumberOfMessagesNotVisible",
  "ApproximateNumberOfMessagesDelayed",
];

/** All messages of a queue: visible, in flight and delayed. */
export async function messagesIn(sqs: SQSClient, queueUrl: string): Promise<number> {
  const { Attributes = {} } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: COUNTS }),
  );
  return Object.values(Attributes).reduce((sum, count) => sum + Number(count), 0);
}

/** Lambda refuses a mapping whose queue would give a message to a second consumer while the first may still run. */
export async function checkVisibilityTimeout(
  sqs: SQSClient,
  queueUrl: string,
  functionTimeoutMs: number,
): Promise<void> {
  const { Attributes } = await sqs.send(
    new GetQueueAttributesCommand({ QueueUrl: queueUrl, AttributeNames: ["VisibilityTimeout"] }),
  );
  const seconds = Number(Attributes?.VisibilityTimeout);
  if (seconds * 1_000 < functionTimeoutMs) {
    throw new Error(
      `Queue visibility timeout: ${seconds} seconds is less than Function timeout: ${functionTimeoutMs / 1_000} seconds (${queueUrl})`,
    );
  }
}

/** Deletes messages ten at a time and returns the ids that SQS did not delete: they will be delivered again. */
export async function deleteMessages(
  sqs: SQSClient,
  queueUrl: string,
  messages: readonly Message[],
): Promise<string[]> {
  const kept: string[] = [];
  for (let at = 0; at < messages.length; at += 10) {
    const batch = messages.slice(at, at + 10);
    const entries = batch.map(({ ReceiptHandle }, index) => ({ Id: String(index), ReceiptHandle }));
    const { Failed = [] } = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: queueUrl, Entries: entries }));
    for (const { Id } of Failed) kept.push(batch[Number(Id)]?.MessageId ?? "");
  }
  return kept;
}
