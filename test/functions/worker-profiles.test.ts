import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { ScanError } from "#contract/errors.ts";
import type { ExpandTask } from "#contract/task.ts";
import { type ExecutePorts, execute, readTask } from "#functions/executor/execute.ts";
import { type Place, startPlace } from "#test/faults/cloud/place.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { expandTask, scanTask } from "#test/support/build.ts";

/** Profiles that a cluster leaves to a worker lie on a queue of their own, whatever becomes of their tasks. */
const profiles: ExpandTask["profiles"] = [
  { name: "baseline", digest: "a".repeat(64) },
  { name: "long", digest: "b".repeat(64) },
];
const twice = { leftMs: 60_000, receive: 2, mostReceives: 8 };
let place: Place;
let ports: ExecutePorts;
/** What was sent, by queue: the pod and profile of each task. */
let sent: Record<string, string[]>;

beforeAll(async () => {
  place = await startPlace();
  place.setPods("shop", ["web-1", "web-2"]);
});
afterAll(() => place.close());
beforeEach(async () => {
  sent = {};
  const never = () => Promise.reject(new Error("nothing is scanned here"));
  ports = {
    ...(await memoryBuckets()),
    ...{ now: () => new Date("2026-11-24T03:05:00Z"), auditor: never, material: never, attemptId: () => "1" },
    connect: async () => place.connection,
    onProgress: () => undefined,
    taskQueue: (cluster, scanBy) => ({
      async send(messages) {
        for (const { body } of messages) {
          const task = readTask(body);
          if (task.kind === "scan") {
            sent[`${cluster} ${scanBy ?? "function"}`] ??= [];
            sent[`${cluster} ${scanBy ?? "function"}`]?.push(`${task.target.pod} ${task.profile.name}`);
          }
        }
      },
      hide: async () => undefined,
    }),
  };
});

const task = expandTask({ entry: { cluster: "prod", namespaces: ["shop"] }, profiles, workerProfiles: ["long"] });
const each = { "prod function": ["web-1 baseline", "web-2 baseline"], "prod worker": ["web-1 long", "web-2 long"] };

it("are found once and sent to both queues, each profile to its own", async () => {
  await execute(task, ports, { ...twice, receive: 1 });
  expect(sent).toEqual(each);
});

it("are sent there again when the task that found them could not send all, and only then", async () => {
  const refuses = () => Promise.reject(new ScanError("internal", "no such queue yet", { retryable: true }));
  const taskQueue: ExecutePorts["taskQueue"] = (cluster, scanBy) =>
    scanBy === "worker" ? { send: refuses, hide: refuses } : ports.taskQueue(cluster);
  await expect(execute(task, { ...ports, taskQueue }, { ...twice, receive: 1 })).rejects.toThrow("no such queue yet");
  sent = {};
  await execute(task, ports, twice);
  expect(sent).toEqual(each);
  sent = {};
  await execute(task, ports, { ...twice, receive: 3 });
  expect(sent).toEqual({});
});

it("stay there when an outage uses their receives up", async () => {
  const tasks = profiles.map((profile, index) => scanTask({ profile, ...(index === 1 && { scanBy: "worker" }) }));
  const nowhere = () => Promise.reject(new ScanError("tcp", "no way"));
  const outage = { ...ports, connect: nowhere, material: nowhere };
  for (const task of tasks) expect(await execute(task, outage, { ...twice, receive: 6 })).toBe("sent-anew");
  expect(sent).toEqual({ "prod function": ["web-abc baseline"], "prod worker": ["web-abc long"] });
});
