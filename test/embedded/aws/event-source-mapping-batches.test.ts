import { createHash } from "node:crypto";
import { SendMessageCommand } from "@aws-sdk/client-sqs";
import type { Context, SQSEvent } from "aws-lambda";
import { describe, expect, test } from "vitest";
import { bodies, receive, sendAll } from "./clients.ts";
import { held, mapped } from "./mapped.ts";

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
