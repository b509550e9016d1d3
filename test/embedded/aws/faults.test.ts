import { GetObjectCommand, PutObjectCommand } from "@aws-sdk/client-s3";
import { DeleteMessageCommand, SendMessageBatchCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { bodies, clientsOf, receive, sendAll, testCloud } from "./clients.ts";

const Bucket = "evidence";
const create = (Key = "outcome") => new PutObjectCommand({ Bucket, Key, Body: "x", IfNoneMatch: "*" });

test("the nth call of an operation fails and does nothing, its neighbours work", async () => {
  const { cloud, s3 } = testCloud({ faults: [{ operation: "PutObject", nth: 2, effect: "fail", code: "SlowDown" }] });
  await cloud.createBucket(Bucket);
  await s3.send(create("one"));

  const failed = s3.send(create("two"));
  await expect(failed).rejects.toMatchObject({ name: "SlowDown", $metadata: { httpStatusCode: 503 } });
  await expect(s3.send(new GetObjectCommand({ Bucket, Key: "two" }))).rejects.toMatchObject({ name: "NoSuchKey" });
  await expect(s3.send(create("three"))).resolves.toBeDefined();
});

test("a client that retries gets over a fault that passes", async () => {
  const { cloud } = testCloud();
  cloud.fault({ operation: "SendMessage", effect: "fail" });
  const url = cloud.createQueue("q");
  const { sqs } = clientsOf(cloud, 3);
  await sendAll(sqs, url, ["one"]);

  expect(bodies(await receive(sqs, url))).toEqual(["one"]);
});

test("a create whose answer is lost has happened: the SDK's own retry finds the object there", async () => {
  const { cloud } = testCloud();
  await cloud.createBucket(Bucket);
  cloud.fault({ operation: "PutObject", effect: "lose-response" });
  const { s3 } = clientsOf(cloud, 3);

  await expect(s3.send(create())).rejects.toMatchObject({ name: "PreconditionFailed", $metadata: { attempts: 2 } });
  const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "outcome" }));
  expect(await Body?.transformToString()).toBe("x");
});

test("a send whose answer is lost is in the queue", async () => {
  const { cloud, sqs } = testCloud();
  const url = cloud.createQueue("q");
  cloud.fault({ operation: "SendMessage", effect: "lose-response" });

  await expect(sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "one" }))).rejects.toMatchObject({
    code: "ECONNRESET",
  });
  expect(bodies(await receive(sqs, url))).toEqual(["one"]);
});

test("a message delivered twice has one id and two receipts, and only the later one deletes it", async () => {
  const { cloud, sqs } = testCloud();
  const url = cloud.createQueue("q", { visibilityTimeoutSeconds: 0 });
  cloud.fault({ operation: "ReceiveMessage", effect: "deliver-twice" });
  await sendAll(sqs, url, ["one"]);
  const [[first], [second]] = [await receive(sqs, url), await receive(sqs, url)];
  const remove = (ReceiptHandle: string | undefined) =>
    sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle }));

  expect(second?.MessageId).toBe(first?.MessageId);
  await remove(first?.ReceiptHandle);
  expect(bodies(await receive(sqs, url))).toEqual(["one"]);
});

test("one entry of a batch fails for reasons of SQS's own, the others are sent", async () => {
  const { cloud, sqs } = testCloud();
  const url = cloud.createQueue("q");
  cloud.fault({ operation: "SendMessageBatch", effect: "fail-entry" });
  const Entries = ["one", "two"].map((MessageBody) => ({ Id: MessageBody, MessageBody }));
  const { Failed } = await sqs.send(new SendMessageBatchCommand({ QueueUrl: url, Entries }));

  expect(Failed).toMatchObject([{ Id: "one", SenderFault: false }]);
  expect(bodies(await receive(sqs, url))).toEqual(["two"]);
});

test("a fault that was taken away does nothing", async () => {
  const { cloud, s3 } = testCloud();
  await cloud.createBucket(Bucket);
  cloud.fault({ operation: "PutObject", effect: "fail" })();

  await expect(s3.send(create())).resolves.toBeDefined();
});

test("a fault that cannot happen is refused", () => {
  const { cloud } = testCloud();

  expect(() => cloud.fault({ operation: "PutObject", effect: "deliver-twice" })).toThrow(/ReceiveMessage/);
});
