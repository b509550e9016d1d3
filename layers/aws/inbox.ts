import { DeleteMessageCommand, ReceiveMessageCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { awsTrouble } from "./trouble.ts";

/** A message that was received and is hidden from others for a while. */
export interface ReceivedMessage {
  readonly body: string;
  readonly receiptHandle: string;
  /** How often the queue gave it out, this time included. */
  readonly receive: number;
}

/** The receiving end of a queue, for who polls it himself. */
export interface Inbox {
  /** Waits up to 20 s for one message, and hides it from others for so many seconds. Undefined when none came. */
  next(hideSeconds: number, signal: AbortSignal): Promise<ReceivedMessage | undefined>;
  /** Deletes a message: it is done with. */
  done(receiptHandle: string): Promise<void>;
}

const longestPollSeconds = 20;

/** One SQS queue as an Inbox. */
export function sqsInbox(client: SQSClient, queueUrl: string): Inbox {
  const trouble = (verb: string) => (error: unknown) => Promise.reject(awsTrouble(error, `SQS ${verb} ${queueUrl}`));
  return {
    async next(hideSeconds, signal) {
      const command = new ReceiveMessageCommand({
        ...{ QueueUrl: queueUrl, MaxNumberOfMessages: 1, WaitTimeSeconds: longestPollSeconds },
        ...{ VisibilityTimeout: hideSeconds, MessageSystemAttributeNames: ["ApproximateReceiveCount"] },
      });
      const { Messages = [] } = await client.send(command, { abortSignal: signal }).catch(trouble("ReceiveMessage"));
      const [message] = Messages;
      if (message?.ReceiptHandle === undefined) return undefined;
      const receive = Number(message.Attributes?.ApproximateReceiveCount ?? 1);
      return { body: message.Body ?? "", receiptHandle: message.ReceiptHandle, receive };
    },
    async done(receiptHandle) {
      const command = new DeleteMessageCommand({ QueueUrl: queueUrl, ReceiptHandle: receiptHandle });
      await client.send(command).catch(trouble("DeleteMessage"));
    },
  };
}
