import {
  BatchEntryIdsNotDistinct,
  BatchRequestTooLong,
  ChangeMessageVisibilityBatchCommand,
  CreateQueueCommand,
  DeleteMessageBatchCommand,
  DeleteMessageCommand,
  EmptyBatchRequest,
  GetQueueUrlCommand,
  InvalidBatchEntryId,
  InvalidMessageContents,
  QueueDoesNotExist,
  QueueNameExists,
  ReceiptHandleIsInvalid,
  ReceiveMessageCommand,
  SendMessageBatchCommand,
  SendMessageCommand,
  TooManyEntriesInBatchRequest,
  UnsupportedOperation,
} from "@aws-sdk/client-sqs";
import { describe, expect, test } from "vitest";
import { bodies, receive, sendAll, testCloud } from "./clients.ts";

const MEBIBYTE = 1_048_576;

describe("a message", () => {
  test("one mebibyte is accepted and one byte more is not", async () => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q");
    const send = (sizeBytes: number) =>
      sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "x".repeat(sizeBytes) }));

    await expect(send(MEBIBYTE)).resolves.toBeDefined();
    await expect(send(MEBIBYTE + 1)).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });

  test("attributes count towards the size", async () => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q");
    const sent = sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: "x".repeat(MEBIBYTE - 5),
        MessageAttributes: { a: { DataType: "String", StringValue: "x" } },
      }),
    );

    await expect(sent).rejects.toThrow(/shorter than/);
  });

  test.each(["\u0000", "\u000b", "\u001f", "\ufffe", "\uffff"])("the character %j is refused", async (character) => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q");
    const sent = sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: `a${character}` }));

    await expect(sent).rejects.toBeInstanceOf(InvalidMessageContents);
  });

  test("tabs, newlines, returns and any plane of Unicode pass unchanged", async () => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q");
    await sendAll(sqs, url, ["\t\n\r é 漢 😀 \u{10ffff}"]);

    expect(bodies(await receive(sqs, url))).toEqual(["\t\n\r é 漢 😀 \u{10ffff}"]);
  });
});

describe("a batch", () => {
  const entries = (count: number, body = "x") =>
    Array.from({ length: count }, (_, index) => ({ Id: `e${index}`, MessageBody: body }));

  test("a batch of ten is taken, none and eleven are refused", async () => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q");
    const send = (count: number) => sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: entries(count) }));

    expect((await send(10)).Successful).toHaveLength(10);
    await expect(send(0)).rejects.toBeInstanceOf(EmptyBatchRequest);
    await expect(send(11)).rejects.toBeInstanceOf(TooManyEntriesInBatchRequest);
  });

  test("repeated and malformed ids refuse the whole batch", async () => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q");
    const send = (...ids: string[]) =>
      sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries: ids.map((Id) => ({ Id, MessageBody: "x" })) }));

    await expect(send("a", "a")).rejects.toBeInstanceOf(BatchEntryIdsNotDistinct);
    await expect(send("a b")).rejects.toBeInstanceOf(InvalidBatchEntryId);
    expect(await receive(sqs, url)).toEqual([]);
  });

  test("more than one mebibyte together refuses the whole batch", async () => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q");
    const send = new SendMessageBatchCommand({ QueueUrl: url, Entries: entries(2, "x".repeat(MEBIBYTE / 2 + 1)) });

    await expect(sqs.send(send)).rejects.toBeInstanceOf(BatchRequestTooLong);
  });

  test("a bad character fails its entry only", async () => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q");
    const { Successful, Failed } = await sqs.send(
      new SendMessageBatchCommand({
        QueueUrl: url,
        Entries: [
          { Id: "good", MessageBody: "fine" },
          { Id: "bad", MessageBody: "\u0001" },
        ],
      }),
    );

    expect(Successful?.map(({ Id }) => Id)).toEqual(["good"]);
    expect(Failed).toMatchObject([{ Id: "bad", SenderFault: true, Code: "InvalidMessageContents" }]);
  });

  test("a bad receipt handle fails its entry only", async () => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q");
    await sendAll(sqs, url, ["one"]);
    const [message] = await receive(sqs, url);
    const Entries = [
      { Id: "good", ReceiptHandle: message?.ReceiptHandle, VisibilityTimeout: 9 },
      { Id: "bad", ReceiptHandle: "nonsense", VisibilityTimeout: 9 },
    ];
    const changed = await sqs.send(new ChangeMessageVisibilityBatchCommand({ QueueUrl: url, Entries }));
    const deleted = await sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries }));

    for (const { Successful, Failed } of [changed, deleted]) {
      expect(Successful?.map(({ Id }) => Id)).toEqual(["good"]);
      expect(Failed).toMatchObject([{ Id: "bad", SenderFault: true, Code: "ReceiptHandleIsInvalid" }]);
    }
  });
});

describe("a queue", () => {
  test("one that is not there is named as such", async () => {
    const { sqs } = testCloud();
    const missing = sqs.send(new GetQueueUrlCommand({ QueueName: "nowhere" }));

    await expect(missing).rejects.toBeInstanceOf(QueueDoesNotExist);
  });

  test("creating it again gives the same queue, with other attributes a refusal", async () => {
    const { sqs } = testCloud();
    const create = (VisibilityTimeout: string) =>
      sqs.send(new CreateQueueCommand({ QueueName: "q", Attributes: { VisibilityTimeout } }));
    const { QueueUrl } = await create("60");

    expect((await create("60")).QueueUrl).toBe(QueueUrl);
    await expect(create("61")).rejects.toBeInstanceOf(QueueNameExists);
  });

  test("a receipt of another queue is refused", async () => {
    const { cloud, sqs } = testCloud();
    const [one, two] = [cloud.createQueue("one"), cloud.createQueue("two")];
    await sendAll(sqs, one, ["x"]);
    const [message] = await receive(sqs, one);
    const deleted = sqs.send(new DeleteMessageCommand({ QueueUrl: two, ReceiptHandle: message?.ReceiptHandle }));

    await expect(deleted).rejects.toBeInstanceOf(ReceiptHandleIsInvalid);
  });

  test("FIFO queues are refused rather than imitated", async () => {
    const { sqs } = testCloud();
    const create = sqs.send(new CreateQueueCommand({ QueueName: "q.fifo", Attributes: { FifoQueue: "true" } }));

    await expect(create).rejects.toBeInstanceOf(UnsupportedOperation);
  });

  test.each([0, 11])("a receive of %d messages is refused", async (count) => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q");
    const answer = sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: count }));

    await expect(answer).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });
});
