import { createHash } from "node:crypto";
import { GetQueueAttributesCommand, SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Context, SQSEvent } from "aws-lambda";
import { describe, expect, onTestFinished, test } from "vitest";
import {
  type EventSourceMappingOptions,
  type MappingLog,
  startEventSourceMapping,
} from "#embedded/event-source-mapping.ts";
import { bodies, receive, sendAll, testCloud } from "./clients.ts";

type Handler = EventSourceMappingOptions["handler"];

/** A queue (visibility 60 s, dead letters after two receives) that feeds a function (timeout 10 s). */
async function mapped(handler: Handler, options: Partial<EventSourceMappingOptions> = {}) {
  const all = testCloud();
  const { cloud, clock, sqs } = all;
  const dead = cloud.createQueue("dead");
  const redrive = { deadLetterQueue: dead, maxReceiveCount: 2 };
  const url = cloud.createQueue("q", { visibilityTimeoutSeconds: 60, redrive });
  const logs: MappingLog[] = [];
  const start = () =>
    startEventSourceMapping({
      sqs,
      queueUrl: url,
      queueArn: cloud.queueArn(url),
      handler,
      batchSize: 10,
      maximumConcurrency: 2,
      functionTimeoutMs: 10_000,
      reportBatchItemFailures: true,
      clock,
      log: (entry) => logs.push(entry),
      ...options,
    });
  const mapping = await start();
  onTestFinished(async () => {
    const stopped = mapping.stop();
    // Handlers that a test never let go end by their timeout.
    await clock.advance(60_000);
    await stopped;
  });
  const left = async (): Promise<number> => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
    );
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  };
  return { ...all, dead, url, logs, mapping, left };
}

/** A handler that a test lets go by hand. */
function held() {
  const events: SQSEvent[] = [];
  const release: (() => void)[] = [];
  const handler: Handler = (event) => {
    events.push(event);
    return new Promise<void>((resolve) => release.push(resolve));
  };
  return { events, release, handler };
}

describe("a batch", () => {
  test("a function gets messages in the shape of Lambda, and what it is done with is deleted", async () => {
    const events: SQSEvent[] = [];
    const { cloud, clock, sqs, url, left } = await mapped(async (event) => void events.push(event));
    await sqs.send(
      new SendMessageCommand({
        QueueUrl: url,
        MessageBody: "task",
        MessageGroupId: "prod-eu",
        MessageAttributes: {
          kind: { DataType: "String", StringValue: "scan" },
          raw: { DataType: "Binary", BinaryValue: new Uint8Array([1, 2]) },
        },
      }),
    );
    await clock.settle();

    expect(events).toEqual([
      {
        Records: [
          {
            messageId: expect.stringMatching(/^[0-9a-f-]{36}$/),
            receiptHandle: expect.any(String),
            body: "task",
            attributes: expect.objectContaining({
              ApproximateReceiveCount: "1",
              SentTimestamp: String(clock.now()),
              MessageGroupId: "prod-eu",
            }),
            messageAttributes: {
              kind: { stringValue: "scan", stringListValues: [], binaryListValues: [], dataType: "String" },
              raw: { binaryValue: "AQI=", stringListValues: [], binaryListValues: [], dataType: "Binary" },
            },
            md5OfBody: createHash("md5").update("task").digest("hex"),
            md5OfMessageAttributes: expect.any(String),
            eventSource: "aws:sqs",
            eventSourceARN: cloud.queueArn(url),
            awsRegion: "us-east-1",
          },
        ],
      },
    ]);
    expect(await left()).toBe(0);
  });

  test("the batch size is never exceeded", async () => {
    const sizes: number[] = [];
    const { clock, mapping, sqs, url } = await mapped(async ({ Records }) => void sizes.push(Records.length), {
      batchSize: 3,
    });
    await sendAll(
      sqs,
      url,
      Array.from({ length: 10 }, (_, index) => String(index)),
    );
    const idle = mapping.idle();
    await clock.advance(1_000);
    await idle;

    expect(Math.max(...sizes)).toBeLessThanOrEqual(3);
    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(10);
  });

  test("with a window messages are collected until it is over", async () => {
    const sizes: number[] = [];
    const { clock, sqs, url } = await mapped(async ({ Records }) => void sizes.push(Records.length), {
      batchWindowMs: 5_000,
      batchSize: 100,
    });
    for (let sent = 0; sent < 4; sent++) {
      await sendAll(sqs, url, [String(sent)]);
      await clock.advance(1_000);
    }
    expect(sizes).toEqual([]);
    await clock.advance(5_000);

    expect(sizes.reduce((sum, size) => sum + size, 0)).toBe(4);
    // Two places, so two pollers may each have collected a batch.
    expect(sizes.length).toBeLessThanOrEqual(2);
  });
});

describe("a failure", () => {
  test("only messages that a function reports come back, when their visibility is over and not before", async () => {
    const batches: string[][] = [];
    const { clock, sqs, url } = await mapped(async ({ Records }) => {
      batches.push(Records.map(({ body }) => body).sort());
      const bad = Records.filter(({ body }) => body === "bad");
      return { batchItemFailures: bad.map(({ messageId }) => ({ itemIdentifier: messageId })) };
    });
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "bad" }));
    await sendAll(sqs, url, ["good"]);
    await clock.advance(59_000);
    expect(batches.flat().sort()).toEqual(["bad", "good"]);
    await clock.advance(2_000);

    expect(batches.flat().sort()).toEqual(["bad", "bad", "good"]);
  });

  test("an error fails the whole batch, and after two receives it is a dead letter", async () => {
    let calls = 0;
    const { clock, sqs, url, dead, logs, mapping } = await mapped(async () => {
      calls++;
      throw new Error("broken");
    });
    await sendAll(sqs, url, ["poison"]);
    const idle = mapping.idle();
    await clock.advance(200_000);
    await idle;

    expect(calls).toBe(2);
    expect(bodies(await receive(sqs, dead))).toEqual(["poison"]);
    expect(logs.map(({ event }) => event)).toEqual(["function-error", "function-error"]);
  });

  test.each([
    ["nothing", undefined],
    ["null", null],
    ["an object without a list", {}],
    ["a null list", { batchItemFailures: null }],
    ["an empty list", { batchItemFailures: [] }],
  ])("%s means that all succeeded", async (_, response) => {
    const { clock, sqs, url, left } = await mapped(async () => response);
    await sendAll(sqs, url, ["one"]);
    await clock.settle();

    expect(await left()).toBe(0);
  });

  test.each([
    ["an unknown id", { batchItemFailures: [{ itemIdentifier: "00000000-0000-4000-8000-000000000000" }] }],
    ["an empty id", { batchItemFailures: [{ itemIdentifier: "" }] }],
    ["a null id", { batchItemFailures: [{ itemIdentifier: null }] }],
    ["a misnamed id", { batchItemFailures: [{ id: "x" }] }],
    ["a list that is none", { batchItemFailures: "all" }],
    ["a bare string", "done"],
  ])("%s fails the whole batch", async (_, response) => {
    const { clock, sqs, url, left, logs } = await mapped(async () => response);
    await sendAll(sqs, url, ["one"]);
    await clock.settle();

    expect(await left()).toBe(1);
    expect(logs).toMatchObject([{ event: "bad-response" }]);
  });

  test("without ReportBatchItemFailures the answer is not looked at", async () => {
    const { clock, sqs, url, left } = await mapped(async () => ({ batchItemFailures: [{ itemIdentifier: "" }] }), {
      reportBatchItemFailures: false,
    });
    await sendAll(sqs, url, ["one"]);
    await clock.settle();

    expect(await left()).toBe(0);
  });
});

describe("time", () => {
  test("a function that does not end in time has failed, and ending later changes nothing", async () => {
    const { handler, release } = held();
    const { clock, sqs, url, left, logs } = await mapped(handler);
    await sendAll(sqs, url, ["slow"]);
    await clock.advance(9_999);
    expect(logs).toEqual([]);
    await clock.advance(1);
    release[0]?.();
    await clock.settle();

    expect(await left()).toBe(1);
    expect(logs).toMatchObject([
      { event: "function-error", error: { message: expect.stringContaining("Task timed out after 10.00 seconds") } },
      { event: "late-end" },
    ]);
  });

  test("the context tells the time that is left, and each invocation its own id", async () => {
    const contexts: Context[] = [];
    const { clock, sqs, url } = await mapped(async (_, context) => void contexts.push(context), {
      functionName: "executor",
      memoryMegabytes: 2_048,
    });
    await sendAll(sqs, url, ["one"]);
    await clock.settle();
    await sendAll(sqs, url, ["two"]);
    await clock.settle();
    const [first, second] = contexts;

    expect(first).toMatchObject({ functionName: "executor", memoryLimitInMB: "2048" });
    expect(first?.awsRequestId).not.toBe(second?.awsRequestId);
    await clock.advance(4_000);
    expect(second?.getRemainingTimeInMillis()).toBe(6_000);
  });
});

describe("concurrency", () => {
  test("no more invocations run than are allowed, and a place that is free is used", async () => {
    const { events, release, handler } = held();
    const { clock, sqs, url } = await mapped(handler, { batchSize: 1, maximumConcurrency: 3 });
    await sendAll(sqs, url, ["1", "2", "3", "4", "5"]);
    await clock.settle();
    expect(events).toHaveLength(3);
    release[0]?.();
    await clock.settle();

    expect(events).toHaveLength(4);
  });

  test("messages that wait for a place keep their receive count", async () => {
    const { release, handler } = held();
    const { clock, sqs, url, mapping } = await mapped(handler, { batchSize: 1, maximumConcurrency: 2 });
    await sendAll(sqs, url, ["1", "2", "3"]);
    await clock.settle();
    const stopped = mapping.stop();
    for (const go of release) go();
    await stopped;

    const [waiting] = await receive(sqs, url);
    expect(waiting?.Attributes?.ApproximateReceiveCount).toBe("1");
  });

  test("failing invocations lower the concurrency when nothing is reported, successes raise it again", async () => {
    let [running, most, failing] = [0, 0, true];
    const handler: Handler = async () => {
      most = Math.max(most, ++running);
      await new Promise((resolve) => setImmediate(resolve));
      running--;
      if (failing) throw new Error("broken");
    };
    const { clock, sqs, url } = await mapped(handler, {
      batchSize: 1,
      maximumConcurrency: 5,
      reportBatchItemFailures: false,
    });
    const send = (count: number) =>
      sendAll(
        sqs,
        url,
        Array.from({ length: count }, (_, index) => String(index)),
      );
    await send(20);
    await clock.advance(1_000);
    most = 0;
    await send(5);
    await clock.advance(1_000);
    expect(most).toBe(1);
    failing = false;
    await send(20);
    await clock.advance(1_000);

    expect(most).toBeGreaterThan(1);
  });
});

describe("the life of a mapping", () => {
  test("stop waits for what runs and takes nothing more", async () => {
    const { events, release, handler } = held();
    const { clock, sqs, url, mapping, left } = await mapped(handler);
    await sendAll(sqs, url, ["one"]);
    await clock.settle();
    let over = false;
    const stopped = mapping.stop().then(() => (over = true));
    await clock.settle();
    expect(over).toBe(false);
    release[0]?.();
    await stopped;
    expect(await left()).toBe(0);
    await sendAll(sqs, url, ["two"]);
    await clock.settle();

    expect(events).toHaveLength(1);
  });

  test("a mapping that was stopped leaves no timer behind", async () => {
    const { clock, mapping } = await mapped(async () => undefined);
    await clock.settle();
    await mapping.stop();

    expect(clock.pending()).toBe(0);
  });

  test("idle waits for delayed messages and for those that come back", async () => {
    let calls = 0;
    const { clock, sqs, url, mapping } = await mapped(async () => {
      if (++calls === 1) throw new Error("once");
    });
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: "late", DelaySeconds: 30 }));
    let idle = false;
    const waiting = mapping.idle().then(() => (idle = true));
    await clock.advance(89_000);
    expect({ calls, idle }).toEqual({ calls: 1, idle: false });
    await clock.advance(2_000);
    await waiting;

    expect(calls).toBe(2);
  });

  test("idle of a mapping that is stopped too early says so", async () => {
    const { clock, sqs, url, mapping } = await mapped(async () => Promise.reject(new Error("broken")));
    await sendAll(sqs, url, ["one"]);
    await clock.settle();
    const idle = mapping.idle();
    const refused = expect(idle).rejects.toThrow(/stopped before it was idle/);
    await mapping.stop();

    await refused;
  });

  test("idle ends when its caller gives up", async () => {
    const { clock, sqs, url, mapping } = await mapped(async () => Promise.reject(new Error("broken")));
    await sendAll(sqs, url, ["one"]);
    await clock.settle();
    const giveUp = new AbortController();
    const refused = expect(mapping.idle(giveUp.signal)).rejects.toMatchObject({ name: "AbortError" });
    await clock.settle();
    giveUp.abort();

    await refused;
  });

  test("a queue that cannot be read is tried again, more and more seldom", async () => {
    const { cloud, clock, sqs, url, logs, left } = await mapped(async () => undefined);
    await clock.settle();
    cloud.fault({ operation: "ReceiveMessage", effect: "fail", times: 6 });
    await sendAll(sqs, url, ["one", "two"]);
    await clock.advance(120_000);
    expect(logs.filter(({ event }) => event === "receive-failed")).toHaveLength(6);
    await sendAll(sqs, url, ["three"]);
    await clock.advance(60_000);

    expect(await left()).toBe(0);
  });

  test("a message whose deletion fails is told of and delivered again", async () => {
    let calls = 0;
    const { cloud, clock, sqs, url, logs } = await mapped(async () => void calls++);
    cloud.fault({ operation: "DeleteMessageBatch", effect: "fail" });
    await sendAll(sqs, url, ["one"]);
    await clock.advance(61_000);

    expect(calls).toBe(2);
    expect(logs).toMatchObject([{ event: "delete-failed" }]);
  });
});

describe("what Lambda refuses", () => {
  test.each([0, 1, 1_001, 2.5])("a maximum concurrency of %d", async (maximumConcurrency) => {
    await expect(mapped(async () => undefined, { maximumConcurrency })).rejects.toThrow(/from 2 to 1000/);
  });

  test("a batch above ten without a window", async () => {
    await expect(mapped(async () => undefined, { batchSize: 11 })).rejects.toThrow(/batchSize/);
  });

  test("a function that may run longer than a message stays hidden", async () => {
    const mapping = mapped(async () => undefined, { functionTimeoutMs: 60_001 });

    await expect(mapping).rejects.toThrow(/visibility timeout: 60 seconds is less than Function timeout/);
  });
});
