import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  type ReceiveMessageCommandInput,
  SendMessageBatchCommand,
  type SendMessageBatchRequestEntry,
  SendMessageCommand,
  type SendMessageCommandInput,
  type SQSClient,
} from "@aws-sdk/client-sqs";

/** The calls that scripts are made of, over one client. */
export function sqsCalls(sqs: SQSClient) {
  return {
    create: (QueueName: string, Attributes: Record<string, string> = {}) =>
      sqs.send(new CreateQueueCommand({ QueueName, Attributes })),
    attributes: async (QueueUrl: string) =>
      (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }))).Attributes ?? {},
    send: (QueueUrl: string, MessageBody: string, more: Partial<SendMessageCommandInput> = {}) =>
      sqs.send(new SendMessageCommand({ QueueUrl, MessageBody, ...more })),
    sendBatch: (QueueUrl: string, Entries: SendMessageBatchRequestEntry[]) =>
      sqs.send(new SendMessageBatchCommand({ QueueUrl, Entries })),
    receive: (QueueUrl: string, more: Partial<ReceiveMessageCommandInput> = {}) =>
      sqs.send(
        new ReceiveMessageCommand({
          ...{ QueueUrl, MaxNumberOfMessages: 10 },
          ...{ MessageSystemAttributeNames: ["All"], MessageAttributeNames: ["All"] },
          ...more,
        }),
      ),
    change: (QueueUrl: string, ReceiptHandle: string | undefined, VisibilityTimeout: number) =>
      sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl, ReceiptHandle, VisibilityTimeout })),
    remove: (QueueUrl: string, ReceiptHandle: string | undefined) =>
      sqs.send(new DeleteMessageCommand({ QueueUrl, ReceiptHandle })),
  };
}

interface Received {
  readonly Messages?: readonly Message[] | undefined;
}

export const bodiesOf = ({ Messages = [] }: Received) => Messages.map(({ Body }) => Body).toSorted();

/** A message without what differs from run to run. */
export const messagesOf = ({ Messages = [] }: Received) =>
  Messages.map(({ Body, MD5OfBody, MD5OfMessageAttributes, MessageAttributes, Attributes = {} }) => ({
    ...{ Body, MD5OfBody, MD5OfMessageAttributes, MessageAttributes },
    receives: Attributes.ApproximateReceiveCount,
    known: ["SentTimestamp", "ApproximateFirstReceiveTimestamp", "SenderId"].filter((name) => name in Attributes),
  }));

interface Batch {
  readonly Successful?: readonly { readonly Id?: string | undefined }[] | undefined;
  readonly Failed?: readonly { readonly Id?: string | undefined }[] | undefined;
}

/** Which entries of a batch went well, and which did not. */
export const entriesOf = ({ Successful = [], Failed = [] }: Batch) => [
  Successful.map(({ Id }) => Id),
  Failed.map(({ Id }) => Id),
];

/** Visible, in flight, delayed. */
export const countsOf = (attributes: Readonly<Record<string, string>>) =>
  ["", "NotVisible", "Delayed"].map((what) => attributes[`ApproximateNumberOfMessages${what}`]).join(" ");
