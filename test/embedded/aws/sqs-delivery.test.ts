import {
  ChangeMessageVisibilityCommand,
  DeleteMessageCommand,
  GetQueueAttributesCommand,
  type Message,
  ReceiveMessageCommand,
  SendMessageCommand,
} from "@aws-sdk/client-sqs";
import { describe, expect, test } from "vitest";
import { bodies, receive, sendAll, testCloud } from "./clients.ts";

describe("visibility", () => {
  test("a received message is hidden until its visibility runs out", async () => {
    const { cloud, clock, sqs } = testCloud();
    const url = cloud.createQueue("q", { visibilityTimeoutSeconds: 30 });
    await sendAll(sqs, url, ["one"]);

    expect(bodies(await receive(sqs, url))).toEqual(["one"]);
    await clock.advance(29_999);
    expect(await receive(sqs, url)).toEqual([]);
    await clock.advance(1);
    const [again] = await receive(sqs, url);
    expect(again?.Attributes?.ApproximateReceiveCount).toBe("2");
  });

  test("a longer visibility keeps a message away and zero brings it back at once", async () => {
    const { cloud, clock, sqs } = testCloud();
    const url = cloud.createQueue("q", { visibilityTimeoutSeconds: 30 });
    await sendAll(sqs, url, ["one"]);
    const [message] = await receive(sqs, url);
    const change = (seconds: number) =>
      sqs.send(
        new ChangeMessageVisibilityCommand({
          QueueUrl: url,
          ReceiptHandle: message?.ReceiptHandle,
          VisibilityTimeout: seconds,
        }),
      );

    await change(600);
    await clock.advance(599_000);
    expect(await receive(sqs, url)).toEqual([]);
    await change(0);
    expect(bodies(await receive(sqs, url))).toEqual(["one"]);
  });

  test("visibility cannot be changed once somebody else has the message", async () => {
    const { cloud, clock, sqs } = testCloud();
    const url = cloud.createQueue("q", { visibilityTimeoutSeconds: 5 });
    await sendAll(sqs, url, ["one"]);
    const [first] = await receive(sqs, url);
    await clock.advance(5_000);
    const change = new ChangeMessageVisibilityCommand({
      QueueUrl: url,
      ReceiptHandle: first?.ReceiptHandle,
      VisibilityTimeout: 60,
    });

    await expect(sqs.send(change)).rejects.toMatchObject({ name: "MessageNotInflight" });
    await receive(sqs, url);
    await expect(sqs.send(change)).rejects.toMatchObject({ name: "InvalidParameterValue" });
  });

  test("visibility cannot be stretched past twelve hours from the receive", async () => {
    const { cloud, clock, sqs } = testCloud();
    const url = cloud.createQueue("q", { visibilityTimeoutSeconds: 43_200 });
    await sendAll(sqs, url, ["one"]);
    const [message] = await receive(sqs, url);
    await clock.advance(1_000);

    const change = sqs.send(
      new ChangeMessageVisibilityCommand({
        QueueUrl: url,
        ReceiptHandle: message?.ReceiptHandle,
        VisibilityTimeout: 43_200,
      }),
    );
    await expect(change).rejects.toThrow(/beyond the limit/);
  });

  test("an outdated receipt deletes nothing and is no error", async () => {
    const { cloud, clock, sqs } = testCloud();
    const url = cloud.createQueue("q", { visibilityTimeoutSeconds: 5 });
    await sendAll(sqs, url, ["one"]);
    const [first] = await receive(sqs, url);
    await clock.advance(5_000);
    await receive(sqs, url);

    await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: first?.ReceiptHandle }));
    await clock.advance(5_000);
    expect(bodies(await receive(sqs, url))).toEqual(["one"]);
  });
});

describe("long poll", () => {
  const poll = (url: string, signal?: AbortSignal) =>
    [
      new ReceiveMessageCommand({ QueueUrl: url, WaitTimeSeconds: 20, MaxNumberOfMessages: 10 }),
      signal === undefined ? {} : { abortSignal: signal },
    ] as const;

  test("it wakes on a send", async () => {
    const { cloud, clock, sqs } = testCloud();
    const url = cloud.createQueue("q");
    const waiting = sqs.send(...poll(url));
    await clock.settle();
    await sendAll(sqs, url, ["one"]);

    expect(bodies((await waiting).Messages ?? [])).toEqual(["one"]);
  });

  test("it wakes when a message becomes visible again", async () => {
    const { cloud, clock, sqs } = testCloud();
    const url = cloud.createQueue("q", { visibilityTimeoutSeconds: 7 });
    await sendAll(sqs, url, ["one"]);
    await receive(sqs, url);
    const started = clock.now();
    const waiting = sqs.send(...poll(url)).then(({ Messages }) => ({ Messages, afterMs: clock.now() - started }));
    await clock.advance(20_000);

    expect(await waiting).toMatchObject({ Messages: [{ Body: "one" }], afterMs: 7_000 });
  });

  test("it ends empty after its wait", async () => {
    const { cloud, clock, sqs } = testCloud();
    const url = cloud.createQueue("q");
    const waiting = sqs.send(...poll(url));
    await clock.advance(20_000);

    expect((await waiting).Messages).toBeUndefined();
    expect(clock.pending()).toBe(0);
  });

  test("it ends at once when its caller gives up, and leaves no timer", async () => {
    const { cloud, clock, sqs } = testCloud();
    const url = cloud.createQueue("q");
    const giveUp = new AbortController();
    const waiting = sqs.send(...poll(url, giveUp.signal));
    await clock.settle();
    giveUp.abort();

    await expect(waiting).rejects.toMatchObject({ name: "AbortError" });
    expect(clock.pending()).toBe(0);
  });
});

describe("what SQS keeps about a message", () => {
  test("a message tells when it was sent, when first received, how often, its group and its trace", async () => {
    const { cloud, clock, sqs } = testCloud();
    const url = cloud.createQueue("q", { visibilityTimeoutSeconds: 1 });
    const sentAt = clock.now();
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: "one",
        MessageGroupId: "prod-eu",
        MessageSystemAttributes: { AWSTraceHeader: { DataType: "String", StringValue: "Root=1-2-3" } },
        MessageAttributes: { kind: { DataType: "String", StringValue: "scan" } },
      }),
    );
    await clock.advance(250);
    await receive(sqs, url);
    await clock.advance(1_000);
    const [message] = await receive(sqs, url);

    expect(message?.Attributes).toMatchObject({
      SentTimestamp: String(sentAt),
      ApproximateFirstReceiveTimestamp: String(sentAt + 250),
      ApproximateReceiveCount: "2",
      MessageGroupId: "prod-eu",
      AWSTraceHeader: "Root=1-2-3",
    });
    expect(message?.MessageAttributes).toEqual({ kind: { DataType: "String", StringValue: "scan" } });
  });

  test("attributes come only when they are asked for, by name or by prefix", async () => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q", { visibilityTimeoutSeconds: 0 });
    const attribute = { DataType: "String", StringValue: "x" };
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: "one",
        MessageAttributes: { "a.one": attribute, "a.two": attribute, b: attribute },
      }),
    );
    const ask = async (names: string[]) => {
      const answer = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MessageAttributeNames: names }));
      return Object.keys(answer.Messages?.[0]?.MessageAttributes ?? {}).sort();
    };

    expect(await ask([])).toEqual([]);
    expect(await ask(["b"])).toEqual(["b"]);
    expect(await ask(["a.*"])).toEqual(["a.one", "a.two"]);
    expect(await ask([".*"])).toEqual(["a.one", "a.two", "b"]);
  });
});

describe("time in the queue", () => {
  test("a delay hides a message until it is over, and a message's own delay goes before the queue's", async () => {
    const { cloud, clock, sqs } = testCloud();
    const url = cloud.createQueue("q", { delaySeconds: 10 });
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "queue's" }));
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "own", DelaySeconds: 3 }));

    await clock.advance(3_000);
    expect(bodies(await receive(sqs, url))).toEqual(["own"]);
    await clock.advance(7_000);
    expect(bodies(await receive(sqs, url))).toEqual(["queue's"]);
  });

  test("a message is gone after its retention", async () => {
    const { cloud, clock, sqs } = testCloud();
    const url = cloud.createQueue("q", { retentionSeconds: 60 });
    await sendAll(sqs, url, ["one"]);
    await clock.advance(60_000);

    expect(await receive(sqs, url)).toEqual([]);
  });

  test("counts tell visible, invisible and delayed messages apart", async () => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q");
    await sendAll(sqs, url, ["one", "two", "three"]);
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "late", DelaySeconds: 9 }));
    await receive(sqs, url, 1);
    const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }));

    expect(Attributes).toMatchObject({
      ApproximateNumberOfMessages: "2",
      ApproximateNumberOfMessagesNotVisible: "1",
      ApproximateNumberOfMessagesDelayed: "1",
    });
  });
});

describe("order", () => {
  test("a standard queue does not keep the order of sending", async () => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q");
    const sent = Array.from({ length: 30 }, (_, index) => String(index));
    await sendAll(sqs, url, sent);
    const got: Message[] = [];
    for (let round = 0; round < 3; round++) got.push(...(await receive(sqs, url)));

    const order = got.map(({ Body }) => Body);
    expect(order).not.toEqual(sent);
    expect([...order].sort()).toEqual([...sent].sort());
  });

  test("a noisy group does not make a quiet one wait", async () => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q");
    await sendAll(
      sqs,
      url,
      Array.from({ length: 200 }, (_, index) => `noisy ${index}`),
      "noisy",
    );
    await sendAll(sqs, url, ["quiet 1", "quiet 2"], "quiet");
    const got = bodies([...(await receive(sqs, url, 3)), ...(await receive(sqs, url, 3))]);

    expect(got).toEqual(expect.arrayContaining(["quiet 1", "quiet 2"]));
  });

  test("who has nothing in flight is served before who has", async () => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q");
    await sendAll(
      sqs,
      url,
      Array.from({ length: 20 }, (_, index) => `noisy ${index}`),
      "noisy",
    );
    await receive(sqs, url, 5);
    await sendAll(sqs, url, ["quiet"], "quiet");

    expect(bodies(await receive(sqs, url, 1))).toEqual(["quiet"]);
  });

  test("without fairness a quiet group may wait", async () => {
    const { cloud, sqs } = testCloud();
    const url = cloud.createQueue("q", { fair: false });
    await sendAll(
      sqs,
      url,
      Array.from({ length: 200 }, (_, index) => `noisy ${index}`),
      "noisy",
    );
    await sendAll(sqs, url, ["quiet"], "quiet");

    expect(bodies(await receive(sqs, url))).not.toContain("quiet");
  });
});
