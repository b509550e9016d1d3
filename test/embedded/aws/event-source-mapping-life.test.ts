import { SendMessageCommand } from "@aws-sdk/client-sqs";
import { describe, expect, test } from "vitest";
import { receive, sendAll } from "./clients.ts";
import { type Handler, held, mapped } from "./mapped.ts";

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
