import { mkdtempSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetQueueAttributesCommand, SQSClient } from "@aws-sdk/client-sqs";
import { beforeEach, describe, expect, it } from "vitest";
import { sqsInbox } from "#aws/inbox.ts";
import { sqsQueue } from "#aws/queue.ts";
import { ScanError } from "#contract/errors.ts";
import { telemetryTo } from "#embedded/telemetry.ts";
import { runWorker, type WorkerPorts } from "#functions/executor/worker.ts";
import { readOutcomes } from "#ledger/outcomes.ts";
import { scanned } from "#test/faults/cloud/stand-in.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { scanTask } from "#test/support/build.ts";
import { patience } from "#test/support/patience.ts";

let buckets: Awaited<ReturnType<typeof memoryBuckets>>;
let ports: WorkerPorts;
let left: () => Promise<number>;

beforeEach(async () => {
  buckets = await memoryBuckets();
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const { requestHandler } = buckets.cloud;
  const sqs = new SQSClient({ region: "us-east-1", credentials, requestHandler, maxAttempts: 1 });
  const url = buckets.cloud.createQueue("tasks", { visibilityTimeoutSeconds: 5400 });
  const queue = { ...sqsQueue(sqs, url), ...sqsInbox(sqs, url) };
  const notHere = async () => Promise.reject(new Error("the scan is replaced"));
  ports = {
    ...{ ...buckets, ...telemetryTo("/dev/null"), queue, concurrency: 2, mostReceives: 8 },
    ...{ connect: notHere, auditor: notHere, material: notHere, taskQueue: () => queue },
    now: () => new Date("2026-11-24T03:05:00Z"),
    attemptId: () => "1",
    onProgress: () => undefined,
    scan: async (task) => scanned(task, new Date("2026-11-24T03:05:00Z")),
  };
  left = async () => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
    );
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  };
  await queue.send([{ body: JSON.stringify(scanTask()) }]);
});

const outcomes = () => readOutcomes(buckets.evidence, scanTask().scanId);

describe("a worker", () => {
  it("carries out what is on the queue, and ends when it is told to", async () => {
    const stop = new AbortController();
    const running = runWorker(ports, stop.signal);
    await expect.poll(left, patience).toBe(0);
    stop.abort();
    await running;
    expect(await outcomes()).toMatchObject([{ outcome: "scanned" }]);
  });

  it("logs each task's own ids, however many run at once", async () => {
    const log = join(mkdtempSync(join(tmpdir(), "muster-worker-")), "log");
    const second = scanTask({ taskId: "2".repeat(32) });
    await ports.queue.send([{ body: JSON.stringify(second) }]);
    const both = Promise.withResolvers<void>();
    let begun = 0;
    const scan: WorkerPorts["scan"] = async () => {
      begun += 1;
      if (begun === 2) both.resolve();
      await both.promise;
      throw new ScanError("tcp", "no way");
    };
    const stop = new AbortController();
    const running = runWorker({ ...ports, ...telemetryTo(log), scan }, stop.signal);
    await expect.poll(() => readFileSync(log, "utf8").match(/will be tried again/g)?.length, patience).toBe(2);
    stop.abort();
    await running;
    const lines = readFileSync(log, "utf8")
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line));
    const told = lines.filter(({ message }) => message === "task will be tried again").map(({ taskId }) => taskId);
    expect(told.toSorted()).toEqual([scanTask().taskId, second.taskId].toSorted());
  });

  it("holds its message with a heartbeat for as long as the scan takes", async () => {
    const beats: number[] = [];
    const hide: WorkerPorts["queue"]["hide"] = async (_receipt, seconds) => void beats.push(seconds);
    const scan: WorkerPorts["scan"] = async (task) => {
      await expect.poll(() => beats.length, patience).toBeGreaterThan(2);
      return scanned(task, ports.now());
    };
    const stop = new AbortController();
    const running = runWorker({ ...ports, queue: { ...ports.queue, hide }, heartbeatMs: 2, scan }, stop.signal);
    await expect.poll(left, patience).toBe(0);
    stop.abort();
    await running;
    expect(new Set(beats)).toEqual(new Set([300]));
  });

  it("stops a scan whose message somebody else has, and writes nothing", async () => {
    const hide = async () => {
      throw new ScanError("internal", "the receipt handle has expired");
    };
    const stop = new AbortController();
    let reason: unknown;
    const scan: WorkerPorts["scan"] = async (_task, _ports, _deadlineMs, signal) => {
      await expect.poll(() => signal.aborted, patience).toBe(true);
      reason = signal.reason;
      stop.abort();
      throw signal.reason;
    };
    await runWorker({ ...ports, queue: { ...ports.queue, hide }, heartbeatMs: 2, scan }, stop.signal);
    expect(reason).toMatchObject({ message: "the task's message is no longer held" });
    expect(await outcomes()).toEqual([]);
    expect(await left()).toBe(1);
  });
});
