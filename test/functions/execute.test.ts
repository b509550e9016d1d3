import { beforeEach, describe, expect, it } from "vitest";
import { ScanError } from "#contract/errors.ts";
import { cancelledKey, completeKey, planKey } from "#contract/keys.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import { Complete, Plan } from "#contract/run.ts";
import type { Task } from "#contract/task.ts";
import { bury } from "#functions/dead-letter/bury.ts";
import { waitSeconds } from "#functions/executor/come-back.ts";
import { type ExecutePorts, execute, readTask } from "#functions/executor/execute.ts";
import { createDocument, readDocument } from "#ledger/documents.ts";
import { readOutcomes } from "#ledger/outcomes.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { expandTask, scanTask } from "#test/support/build.ts";

const now = () => new Date("2026-11-24T03:05:00Z");
const dead = (body: string) => ({
  id: "m1",
  body,
  receives: 8,
  queue: "arn:aws:sqs:us-east-1:1:muster-main-dead-prod",
});
const allowed = { leftMs: 60_000, lastTry: false };
let ports: ExecutePorts;
let connects: number;

/** Ports of an executor whose cluster cannot be reached, for the given reason. */
function unreachable(buckets: Awaited<ReturnType<typeof memoryBuckets>>, code: ReasonCode): ExecutePorts {
  const refuse = async () => {
    connects += 1;
    throw new ScanError(code, `no way: ${code}`);
  };
  return {
    ...buckets,
    now,
    connect: refuse,
    auditor: refuse,
    taskQueue: () => ({ send: async () => undefined, hide: async () => undefined }),
    material: async () => ({ profile: "/nowhere", isLiteral: () => false }),
    attemptId: () => "1",
    onProgress: () => undefined,
  };
}

let buckets: Awaited<ReturnType<typeof memoryBuckets>>;
beforeEach(async () => {
  connects = 0;
  buckets = await memoryBuckets();
  ports = unreachable(buckets, "tcp");
});

const outcomes = async (task: Task) => readOutcomes(ports.evidence, task.scanId);

describe.each([
  ["a scan task", scanTask()],
  ["an expand task", expandTask()],
])("%s", (_kind, task) => {
  it("goes back to the queue for what may pass by itself", async () => {
    await expect(execute(task, ports, allowed)).rejects.toMatchObject({ code: "tcp" });
    expect(await outcomes(task)).toEqual([]);
  });

  it("ends with the fault as its reason on the last try", async () => {
    await execute(task, ports, { ...allowed, lastTry: true });
    expect(await outcomes(task)).toMatchObject([{ outcome: "failed", reason: "tcp", message: "no way: tcp" }]);
  });

  it("ends at once for what will not be better next time", async () => {
    await execute(task, unreachable(buckets, "forbidden"), allowed);
    expect(await outcomes(task)).toMatchObject([{ outcome: "failed", reason: "forbidden" }]);
  });

  it("is not carried out when its scan was cancelled", async () => {
    await ports.evidence.create(cancelledKey(task.scanId), new Uint8Array(), { contentType: "application/json" });
    await execute(task, ports, allowed);
    expect(await outcomes(task)).toMatchObject([{ reason: "cancelled" }]);
    expect(connects).toBe(0);
  });

  it("is not carried out twice: a second delivery finds the outcome", async () => {
    await execute(task, ports, { ...allowed, lastTry: true });
    const before = connects;
    await execute(task, ports, allowed);
    expect(connects).toBe(before);
    expect(await outcomes(task)).toHaveLength(1);
  });

  it("gets an outcome from the dead-letter function when it kept failing", async () => {
    await bury(dead(JSON.stringify(task)), ports);
    expect(await outcomes(task)).toMatchObject([{ outcome: "failed", reason: "retries-exhausted" }]);
  });

  it("keeps its result when it is buried afterwards", async () => {
    await execute(task, ports, { ...allowed, lastTry: true });
    await bury(dead(JSON.stringify(task)), ports);
    expect(await outcomes(task)).toMatchObject([{ reason: "tcp" }]);
  });
});

it("a buried expand task completes its scan", async () => {
  const task = expandTask();
  const request = { schemaVersion: 1 as const, profile: "baseline", targets: [{ cluster: "prod" }] };
  const plan: Plan = { schemaVersion: 1, scanId: task.scanId, requestedAt: task.requestedAt, request, tasks: [task] };
  await createDocument(ports.evidence, planKey(task.scanId), Plan, plan);
  await bury(dead(JSON.stringify(task)), ports);
  const complete = await readDocument(ports.evidence, completeKey(task.scanId), Complete);
  expect(complete).toMatchObject({ targets: 1, tally: { failed: 1 } });
});

describe("a message that is no task", () => {
  it.each(["{", "{}", JSON.stringify({ ...scanTask(), extra: 1 }), JSON.stringify({ ...scanTask(), kind: "run" })])(
    "is a bad request: %s",
    (body) => expect(() => readTask(body)).toThrow(expect.objectContaining({ code: "bad-request" })),
  );

  it("owes nobody an outcome", async () => {
    expect(await bury(dead("{"), ports)).toBeUndefined();
    expect(await ports.evidence.list("runs/")).toEqual([]);
  });

  it("is kept word for word when it is buried, once", async () => {
    await bury(dead("{"), ports);
    await bury({ ...dead("{"), receives: 9 }, ports);
    const kept = await ports.evidence.read("buried/v1/m1.json");
    expect(JSON.parse(new TextDecoder().decode(kept?.bytes))).toEqual(dead("{"));
  });
});

describe("the wait before a task comes back", () => {
  it("doubles from half a minute to a quarter of an hour", () => {
    const waits = [1, 2, 3, 4, 5, 6, 7].map((receives) => waitSeconds(receives, new Error("x"), () => 1));
    expect(waits).toEqual([30, 60, 120, 240, 480, 900, 900]);
  });

  it("is spread, so that tasks do not come back together", () => {
    expect(waitSeconds(1, new Error("x"), () => 0)).toBe(15);
  });

  it("is never shorter than what the server asked for", () => {
    expect(waitSeconds(1, new ScanError("throttled", "slow", { retryAfterMs: 120_000 }), () => 0)).toBe(120);
  });
});
