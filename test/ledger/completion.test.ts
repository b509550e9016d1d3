import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { ScanError } from "#contract/errors.ts";
import { completeKey, expectedKey, outcomeKey, planKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Outcome } from "#contract/outcome.ts";
import { Complete, Expected, Plan } from "#contract/run.ts";
import { checkCompletion } from "#ledger/completion.ts";
import { createDocument, readDocument } from "#ledger/documents.ts";
import { markSent } from "#ledger/expectations.ts";
import { endExpand, readOutcomes, writeOutcome } from "#ledger/outcomes.ts";
import { unscanned } from "#ledger/unscanned.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { expandTask, scanTask, target } from "#test/support/build.ts";

const scanId = "1".repeat(32);
const now = () => new Date("2026-11-24T03:05:00Z");
const expands = [expandTask({ taskId: "e1".padEnd(32, "0") }), expandTask({ taskId: "e2".padEnd(32, "0") })];
const tasks = Array.from({ length: 40 }, (_, index) => scanTask({ target: target({ podUid: `uid-${index}` }) }));

let evidence: ObjectStore;
beforeEach(async () => {
  ({ evidence } = await memoryBuckets());
});

async function plan() {
  const request = {
    schemaVersion: 1 as const,
    profile: "baseline",
    targets: [{ cluster: "prod" }, { cluster: "prod" }],
  };
  const document: Plan = { schemaVersion: 1, scanId, requestedAt: "2026-11-24T03:00:00.000Z", request, tasks: expands };
  await createDocument(evidence, planKey(scanId), Plan, document);
}

async function expect_(index: 0 | 1, owed: typeof tasks, missing: Expected["missing"] = []) {
  const { taskId } = expands[index] as (typeof expands)[0]; // two are defined above
  const taskIds = [...owed, ...missing].map((each) => each.taskId);
  const document: Expected = { schemaVersion: 1, scanId, expandTaskId: taskId, taskIds, tasks: owed, missing };
  await createDocument(evidence, expectedKey(scanId, taskId), Expected, document);
}

const end = (task: (typeof tasks)[0]) =>
  writeOutcome(evidence, unscanned(task, new ScanError("no-shell", "none"), now), now);
const complete = () => readDocument(evidence, completeKey(scanId), Complete);

describe("completion", () => {
  it("is told once, by whoever is last, when all finish at the same moment", async () => {
    await plan();
    await expect_(0, tasks.slice(0, 25));
    await expect_(1, tasks.slice(25));
    await Promise.all(tasks.map(end));
    expect(await complete()).toMatchObject({ targets: 40, tally: { unscannable: 40, reasons: { "no-shell": 40 } } });
  });

  it("is not told while one outcome is missing, in whatever order the others come", async () => {
    await plan();
    await expect_(0, tasks.slice(0, 25));
    await expect_(1, tasks.slice(25));
    const shuffled = tasks.toSorted((a, b) => (hash(a.taskId) < hash(b.taskId) ? -1 : 1));
    for (const task of shuffled.slice(1)) await end(task);
    expect(await complete()).toBeUndefined();
    for (const task of shuffled.slice(0, 1)) await end(task);
    expect(await complete()).toMatchObject({ targets: 40 });
  });

  it("waits for an expand task that has not said what it found", async () => {
    await plan();
    await expect_(0, tasks);
    await Promise.all(tasks.map(end));
    expect(await complete()).toBeUndefined();
    const [, second] = expands;
    if (second) await endExpand(evidence, second, new ScanError("nothing-matched", "nobody"), now);
    expect(await complete()).toMatchObject({ targets: 41, tally: { failed: 1 } });
  });

  it("is found by an expand task that comes after all outcomes", async () => {
    await plan();
    await expect_(0, tasks);
    await Promise.all(tasks.map(end));
    await expect_(1, tasks.slice(0, 3));
    expect(await checkCompletion(evidence, scanId, now)).toBe(true);
    expect(await complete()).toMatchObject({ targets: 40 });
  });

  it("asks for no more at once than the SDK has sockets, however many targets there are", async () => {
    const same = tasks.map((task, index) => ({ ...task, taskId: `aa${index.toString(16).padStart(30, "0")}` }));
    await plan();
    await expect_(0, same);
    await expect_(1, same);
    let asked = 0;
    let most = 0;
    const counted: ObjectStore = {
      ...evidence,
      async read(key) {
        most = Math.max(most, ++asked);
        await new Promise((resolve) => setTimeout(resolve, 1));
        return evidence.read(key).finally(() => {
          asked -= 1;
        });
      },
    };
    for (const task of same)
      await createDocument(
        evidence,
        outcomeKey(scanId, task.taskId),
        Outcome,
        unscanned(task, new ScanError("tcp", "no"), now),
      );
    expect(await checkCompletion(counted, scanId, now)).toBe(true);
    expect(await readOutcomes(counted, scanId)).toHaveLength(40);
    expect(most).toBeGreaterThan(8);
    expect(most).toBeLessThanOrEqual(32);
  });

  it("keeps the first outcome of a task and drops the second", async () => {
    const [task] = tasks;
    if (task === undefined) throw new Error("there are forty tasks");
    await plan();
    expect(await writeOutcome(evidence, unscanned(task, new ScanError("no-shell", "first"), now), now)).toBe(true);
    expect(await writeOutcome(evidence, unscanned(task, new ScanError("tcp", "second"), now), now)).toBe(false);
    expect((await readOutcomes(evidence, scanId)).map(({ message }) => message)).toEqual(["first"]);
    expect(await evidence.list(outcomeKey(scanId, task.taskId))).toHaveLength(1);
  });

  it("lets a late failure of an expand task change nothing that was found", async () => {
    const [first] = expands;
    if (first === undefined) throw new Error("there are two");
    await plan();
    await expect_(0, tasks);
    await markSent(evidence, first);
    await endExpand(evidence, first, new ScanError("tcp", "late"), now);
    expect(await readOutcomes(evidence, scanId)).toEqual([]);
  });

  it("comes when an expand task fails for good between finding and sending: what was not sent ends with its reason", async () => {
    const [first, second] = expands;
    const [done] = tasks;
    if (first === undefined || second === undefined || done === undefined) throw new Error("there are two, and forty");
    await plan();
    await expect_(0, tasks, [{ taskId: "a".repeat(32), pod: "gone" }]);
    await endExpand(evidence, second, new ScanError("nothing-matched", "nobody"), now);
    await end(done);
    await endExpand(evidence, first, new ScanError("cancelled", "no more"), now);
    const ends = (await readOutcomes(evidence, scanId)).map(({ reason, subject }) => `${reason} ${subject}`);
    expect(Map.groupBy(ends, (each) => each.split(" ")[0]).get("cancelled")).toHaveLength(39);
    expect(ends).toContain("nothing-matched prod//gone");
    expect(await complete()).toMatchObject({ targets: 42, tally: { unscannable: 1, failed: 41 } });
  });
});

const hash = (text: string) => createHash("sha256").update(`seed 7 ${text}`).digest("hex");
