import {
  ChangeMessageVisibilityCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  PurgeQueueCommand,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  SQSClient,
} from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { expect, test } from "vitest";
import { realClock } from "#embedded/aws/clock.ts";
import { embeddedCloud } from "#embedded/aws/cloud.ts";
import { clientsOf } from "./clients.ts";

type Step = readonly [name: string, outcome: unknown];

/**
 * One script of calls, and what came of each. Left out is where fauxqs 2.4.1 is known to differ from AWS: order,
 * message groups, trace header, source queue of dead letters, move tasks, receipts that are none. It also puts
 * `AWS.SimpleQueueService.` before error codes that have no such form on AWS, so names are compared without it.
 */
async function script(sqs: SQSClient): Promise<Step[]> {
  const steps: Step[] = [];
  const step = async <T>(name: string, work: () => Promise<T>, view: (value: T) => unknown): Promise<T | undefined> => {
    try {
      const value = await work();
      steps.push([name, view(value)]);
      return value;
    } catch (error) {
      steps.push([name, error instanceof Error ? error.name.replace("AWS.SimpleQueueService.", "") : "?"]);
      return undefined;
    }
  };
  const done = () => "done";
  const create = (QueueName: string, Attributes = {}) => sqs.send(new CreateQueueCommand({ QueueName, Attributes }));
  const attributes = async (QueueUrl: string) =>
    (await sqs.send(new GetQueueAttributesCommand({ QueueUrl, AttributeNames: ["All"] }))).Attributes ?? {};
  const dead = (await create("dead")).QueueUrl ?? "";
  const deadArn = (await attributes(dead)).QueueArn;
  const policy = JSON.stringify({ deadLetterTargetArn: deadArn, maxReceiveCount: 2 });
  const url = (await create("q", { VisibilityTimeout: "40", RedrivePolicy: policy })).QueueUrl ?? "";
  const receive = (extra = {}, QueueUrl = url) =>
    sqs.send(
      new ReceiveMessageCommand({
        QueueUrl,
        MaxNumberOfMessages: 10,
        MessageSystemAttributeNames: ["All"],
        MessageAttributeNames: ["All"],
        ...extra,
      }),
    );
  const seen = ({ Messages = [] }: Awaited<ReturnType<typeof receive>>) =>
    Messages.map(({ Body, MD5OfBody, MD5OfMessageAttributes, MessageAttributes, Attributes }) => ({
      ...{ Body, MD5OfBody, MD5OfMessageAttributes, MessageAttributes },
      receives: Attributes?.ApproximateReceiveCount,
      known: ["SentTimestamp", "ApproximateFirstReceiveTimestamp", "SenderId"].map(
        (name) => name in (Attributes ?? {}),
      ),
    }));
  const counts = async () => {
    const all = await attributes(url);
    return [
      all.ApproximateNumberOfMessages,
      all.ApproximateNumberOfMessagesNotVisible,
      all.ApproximateNumberOfMessagesDelayed,
    ];
  };

  await step("same queue again", () => create("q", { VisibilityTimeout: "40" }), done);
  await step("same name, other attributes", () => create("q", { VisibilityTimeout: "41" }), done);
  await step("unknown queue", () => sqs.send(new GetQueueUrlCommand({ QueueName: "nowhere" })), done);
  await step(
    "settings",
    () => attributes(url),
    ({ VisibilityTimeout, DelaySeconds, MessageRetentionPeriod }) => [
      VisibilityTimeout,
      DelaySeconds,
      MessageRetentionPeriod,
    ],
  );
  const MessageAttributes = {
    text: { DataType: "String", StringValue: "é" },
    number: { DataType: "Number", StringValue: "1" },
    bytes: { DataType: "Binary", BinaryValue: new Uint8Array([0, 1, 255]) },
  };
  await step(
    "send with attributes",
    () => sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "ünï", MessageAttributes })),
    ({ MD5OfMessageBody, MD5OfMessageAttributes }) => [MD5OfMessageBody, MD5OfMessageAttributes],
  );
  await step("counts after the send", counts, (value) => value);
  const first = await step("first receive", () => receive(), seen);
  await step("nothing while it is in flight", () => receive(), seen);
  await step("counts in flight", counts, (value) => value);
  const ReceiptHandle = first?.Messages?.[0]?.ReceiptHandle;
  const change = (VisibilityTimeout: number, handle = ReceiptHandle) =>
    sqs.send(new ChangeMessageVisibilityCommand({ QueueUrl: url, ReceiptHandle: handle, VisibilityTimeout }));
  await step("visibility too long", () => change(43_201), done);
  await step("visibility zero", () => change(0), done);
  const second = await step("second receive", () => receive(), seen);
  const again = second?.Messages?.[0]?.ReceiptHandle;
  await step("visibility zero again", () => change(0, again), done);
  await step("third receive moves it", () => receive(), seen);
  await step(
    "dead letter",
    () => receive({ VisibilityTimeout: 0 }, dead),
    ({ Messages = [] }) => Messages.map(({ Body }) => Body),
  );

  const batch = (Entries: { Id: string; MessageBody: string; DelaySeconds?: number }[]) =>
    sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));
  const entries = (count: number, MessageBody = "x") =>
    Array.from({ length: count }, (_, index) => ({ Id: `e${index}`, MessageBody }));
  const ids = ({
    Successful = [],
    Failed = [],
  }: {
    Successful?: { Id?: string | undefined }[] | undefined;
    Failed?: { Id?: string | undefined }[] | undefined;
  }) => [Successful.map(({ Id }) => Id), Failed.map(({ Id }) => Id)];
  await step("eleven entries", () => batch(entries(11)), ids);
  await step("no entries", () => batch([]), ids);
  await step("one id twice", () => batch([...entries(1), ...entries(1)]), ids);
  await step("too much together", () => batch(entries(2, "x".repeat(600_000))), ids);
  await step("one bad character", () => batch([...entries(1), { Id: "bad", MessageBody: "\u0001" }]), ids);
  await step(
    "one bad character, sent alone",
    () => sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "\u0001" })),
    done,
  );
  await step("one delayed", () => batch([{ Id: "late", MessageBody: "late", DelaySeconds: 900 }]), ids);
  await step("counts with a delayed one", counts, (value) => value);
  const got = await step("receive before the batch delete", () => receive({ VisibilityTimeout: 30 }), seen);
  const Entries = (got?.Messages ?? []).map((message, index) => ({
    Id: `d${index}`,
    ReceiptHandle: message.ReceiptHandle,
  }));
  await step("batch delete", () => sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries })), ids);
  await step("deleting twice is fine", () => sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries })), ids);
  await step("too many wanted", () => receive({ MaxNumberOfMessages: 11 }), seen);
  await step("purge", () => sqs.send(new PurgeQueueCommand({ QueueUrl: url })), done);
  await step("counts at the end", counts, (value) => value);
  return steps;
}

test("the embedded SQS and fauxqs answer one script alike", { timeout: 30_000 }, async () => {
  const server = await startFauxqs({ port: 0, logger: false });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const theirs = new SQSClient({
    endpoint: `http://127.0.0.1:${server.port}`,
    region: "us-east-1",
    credentials,
    maxAttempts: 1,
  });
  try {
    const expected = await script(theirs);
    const ours = await script(clientsOf(embeddedCloud({ clock: realClock() })).sqs);

    expect(ours).toEqual(expected);
  } finally {
    theirs.destroy();
    await server.stop();
  }
});
