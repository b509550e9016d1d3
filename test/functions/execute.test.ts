import { beforeEach, describe, expect, it } from "vitest";
import { ScanError } from "#contract/errors.ts";
import { cancelledKey, completeKey, planKey } from "#contract/keys.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import { Complete, Plan } from "#contract/run.ts";
import type { Task } from "#contract/task.ts";
import { bury } from "#functions/dead-letter/bury.ts";
import { watchCancelled } from "#functions/executor/cancellation.ts";
import { type ExecutePorts, execute, readTask } from "#functions/executor/execute.ts";
import { timeLimit } from "#functions/executor/time-limit.ts";
import { createDocument, readDocument } from "#ledger/documents.ts";
import { readOutcomes } from "#ledger/outcomes.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { expandTask, scanTask } from "#test/support/build.ts";
import { patience } from "#test/support/patience.ts";

const now = () => new Date("2026-11-24T03:05:00Z");
const dead = (body: string) => ({
  id: "m1",
  body,
  receives: 8,
  queue: "arn:aws:sqs:us-east-1:1:muster-main-dead-prod",
});
const allowed = { leftMs: 60_000, receive: 1, mostReceives: 8 };
/** Where somebody is waiting, as on a laptop: the first try is the last. */
const lastTime = { ...allowed, mostReceives: 1 };
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
    await execute(task, ports, lastTime);
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

  it("tells of an outcome that it wrote, once, and of none of an expand task", async () => {
    const told: unknown[] = [];
    const telling = { ...ports, onOutcome: (...words: unknown[]) => void told.push(words) };
    await execute(task, telling, lastTime);
    await execute(task, telling, { ...lastTime, receive: 2 });
    const failed = ["prod", expect.objectContaining({ outcome: "failed", reason: "tcp" })];
    expect(told).toEqual(task.kind === "scan" ? [failed] : []);
  });

  it("is not carried out twice: a second delivery finds the outcome", async () => {
    await execute(task, ports, lastTime);
    const before = connects;
    await execute(task, ports, { ...allowed, receive: 2 });
    expect(connects).toBe(before);
    expect(await outcomes(task)).toHaveLength(1);
  });

  it("is sent anew, later, when an outage uses its receives up", async () => {
    const sent: { body: string; delaySeconds?: number }[] = [];
    const queue = { send: async (messages: Iterable<(typeof sent)[0]>) => void sent.push(...messages) };
    const taskQueue = () => ({ ...queue, hide: async () => undefined });
    await execute(task, { ...ports, taskQueue }, { ...allowed, receive: 6 });
    expect(await outcomes(task)).toEqual([]);
    expect(sent.map(({ body }) => readTask(body))).toEqual([{ ...task, hop: task.hop + 1 }]);
    expect(sent[0]?.delaySeconds).toBeGreaterThanOrEqual(450);
  });

  it("ends when the executor died three times over it, and not before", async () => {
    const dying = { ...ports, connect: () => new Promise<never>(() => undefined) }; // as a killed process looks from outside
    for (const receive of [1, 2, 3]) {
      void execute(task, dying, { ...allowed, receive });
      await expect.poll(() => ports.evidence.list("runs/"), patience).toHaveLength(receive - 1);
      expect(await outcomes(task)).toEqual([]);
    }
    await execute(task, ports, { ...allowed, receive: 4 });
    expect(await outcomes(task)).toMatchObject([{ outcome: "failed", reason: "retries-exhausted" }]);
    expect(connects).toBe(0);
  });

  it("does not take tries that ended in order for crashes", async () => {
    for (const receive of [1, 2, 3, 4, 5]) {
      await expect(execute(task, ports, { ...allowed, receive })).rejects.toMatchObject({ code: "tcp" });
    }
    expect(await outcomes(task)).toEqual([]);
  });

  it("ends nothing when another one has received it", async () => {
    const signal = AbortSignal.abort(new ScanError("cancelled", "taken"));
    await expect(execute(task, ports, { ...lastTime, signal })).rejects.toBeInstanceOf(ScanError);
    expect(await outcomes(task)).toEqual([]);
  });

  it("gets an outcome from the dead-letter function when it kept failing", async () => {
    await bury(dead(JSON.stringify(task)), ports);
    expect(await outcomes(task)).toMatchObject([{ outcome: "failed", reason: "retries-exhausted" }]);
  });

  it("keeps its result when it is buried afterwards", async () => {
    await execute(task, ports, lastTime);
    await bury(dead(JSON.stringify(task)), ports);
    expect(await outcomes(task)).toMatchObject([{ reason: "tcp" }]);
  });
});

describe("a scan that runs into its deadline", () => {
  const late = () => ({
    ...ports,
    scan: async () => {
      throw new ScanError("deadline", "too slow");
    },
  });

  it("comes back while it may, and the last time is its outcome", async () => {
    for (const receive of [1, 2]) {
      await expect(execute(scanTask(), late(), { ...allowed, receive })).rejects.toMatchObject({ code: "deadline" });
    }
    expect(await outcomes(scanTask())).toEqual([]);
    await execute(scanTask(), late(), { ...allowed, receive: 3 });
    expect(await outcomes(scanTask())).toMatchObject([{ outcome: "failed", reason: "deadline" }]);
  });

  it("has half a minute of its invocation left for the end", async () => {
    let given = 0;
    const scan = async (_task: unknown, _ports: unknown, deadlineMs: number) => {
      given = deadlineMs;
      throw new ScanError("no-shell", "none");
    };
    await execute(scanTask(), { ...ports, scan }, { ...allowed, leftMs: 100_000 });
    expect(given).toBe(70_000);
  });
});

it.each([
  ["in a function, which has a quarter of an hour", 900_000, {}, 720_000],
  ["with a worker, which has hours", 42_300_000, {}, 42_270_000],
  ["as the request says", 42_300_000, { deadlineMinutes: 30 }, 1_800_000],
  ["in what is left, whatever the request says", 100_000, { deadlineMinutes: 30 }, 70_000],
])("a scan must end %s", (_where, leftMs, options, deadlineMs) => {
  const limit = timeLimit(scanTask({ options }), leftMs);
  limit.release();
  expect(limit.deadlineMs).toBe(deadlineMs);
});

it("a scan that is cancelled while it runs stops and says so", async () => {
  const { evidence } = ports;
  const limit = timeLimit(scanTask(), 60_000);
  const release = watchCancelled(evidence, scanTask(), limit.stop, 1);
  await evidence.create(cancelledKey(scanTask().scanId), new Uint8Array(), { contentType: "application/json" });
  await expect.poll(() => limit.signal.aborted, patience).toBe(true);
  expect(limit.signal.reason).toMatchObject({ code: "cancelled" });
  release();
  limit.release();
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
