import { createHash } from "node:crypto";
import { beforeEach, describe, expect, it } from "vitest";
import { ScanError } from "#contract/errors.ts";
import { missingPodIdOf } from "#contract/ids.ts";
import { expectedKey, planKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { maxRequestBytes, ScanRequest } from "#contract/request.ts";
import { Expected, Plan } from "#contract/run.ts";
import type { ExpandTask, ScanTask } from "#contract/task.ts";
import { createDocument } from "#ledger/documents.ts";
import { endExpand, writeOutcome } from "#ledger/outcomes.ts";
import { retryOf } from "#ledger/retry.ts";
import { unscanned } from "#ledger/unscanned.ts";
import { scanned } from "#test/faults/cloud/stand-in.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { expandTask, scanTask, target } from "#test/support/build.ts";

const now = () => new Date("2026-11-24T03:05:00Z");
const lost = new ScanError("tcp", "the VPN was down");
const { scanId } = scanTask();
const cis = { name: "cis", digest: "c".repeat(64) };

let evidence: ObjectStore;
beforeEach(async () => {
  ({ evidence } = await memoryBuckets());
});

const task = (pod: string, given: Partial<ScanTask> = {}) =>
  scanTask({ target: target({ pod, podUid: `uid-${pod}` }), ...given });

/** A scan by the books: `good` were scanned, `bad` were not, and all of it is complete. */
async function past(
  expand: ExpandTask,
  good: readonly ScanTask[],
  bad: readonly ScanTask[],
  more: readonly string[] = [],
) {
  const request: ScanRequest = {
    schemaVersion: 1,
    requestId: "nightly",
    profile: ["baseline", "cis"],
    targets: [expand.entry],
  };
  const plan: Plan = { schemaVersion: 1, scanId, requestedAt: expand.requestedAt, request, tasks: [expand] };
  await createDocument(evidence, planKey(scanId), Plan, plan);
  const tasks = [...good, ...bad];
  const taskIds = [...tasks.map(({ taskId }) => taskId), ...more];
  if (taskIds.length === 0) return endExpand(evidence, expand, lost, now);
  const expected: Expected = { schemaVersion: 1, scanId, expandTaskId: expand.taskId, taskIds, tasks };
  await createDocument(evidence, expectedKey(scanId, expand.taskId), Expected, expected);
  for (const each of good) await writeOutcome(evidence, scanned(each, now()), now);
  for (const each of bad) await writeOutcome(evidence, unscanned(each, lost, now), now);
  for (const taskId of more) await writeOutcome(evidence, { ...unscanned(expand, lost, now), taskId }, now);
}

describe("a retry", () => {
  it("asks for what has no verdict, and for nothing that has one", async () => {
    await past(expandTask(), [task("web-1")], [task("web-2"), task("web-3")]);
    const { requests, count } = await retryOf(evidence, scanId);
    expect(count).toBe(2);
    expect(requests.map(({ profile, targets }) => [profile, targets.map(({ pods }) => pods)])).toEqual([
      [["baseline"], [["web-2", "web-3"]]],
    ]);
  });

  it("is a scan of its own", async () => {
    await past(expandTask(), [], [task("web-2")]);
    expect((await retryOf(evidence, scanId)).requests[0]?.requestId).toBeUndefined();
  });

  it("asks each container for the profiles that it lacks alone", async () => {
    const both = [task("web-2"), task("web-2", { profile: cis, taskId: "2".repeat(32) })];
    await past(expandTask(), [task("web-1")], [...both, task("web-1", { profile: cis, taskId: "3".repeat(32) })]);
    const { requests } = await retryOf(evidence, scanId);
    const asked = requests.map(({ profile, targets }) => [profile, targets.flatMap(({ pods }) => pods)]);
    expect(new Set(asked.map((each) => JSON.stringify(each)))).toEqual(
      new Set([JSON.stringify([["baseline", "cis"], ["web-2"]]), JSON.stringify([["cis"], ["web-1"]])]),
    );
  });

  it("puts many pods into lists that the requests name by digest, and every request is one that may be sent", async () => {
    await past(
      expandTask(),
      [],
      Array.from({ length: 130 }, (_, index) => task(`web-${index}`)),
    );
    const { requests, lists } = await retryOf(evidence, scanId);
    for (const request of requests) {
      expect(ScanRequest.safeParse(request).error).toBeUndefined();
      expect(JSON.stringify(request).length).toBeLessThanOrEqual(maxRequestBytes);
    }
    const [list] = lists;
    expect(JSON.parse(new TextDecoder().decode(list?.bytes))).toHaveLength(130);
    const sha256 = createHash("sha256")
      .update(list?.bytes ?? "")
      .digest("hex");
    expect(requests[0]?.targets[0]?.podsFrom).toEqual({ key: list?.key, sha256 });
  });

  it("looks again where an expand task could not look", async () => {
    const entry = { cluster: "prod", namespaces: ["shop"], labelSelector: "app=web" };
    await past(expandTask({ entry }), [], []);
    expect((await retryOf(evidence, scanId)).requests).toMatchObject([
      { profile: ["baseline", "cis"], targets: [entry] },
    ]);
  });

  it("asks again for named pods that were not there, without those that were", async () => {
    const entry = { cluster: "prod", namespaces: ["shop"], pods: ["web-1", "web-9"] };
    await past(expandTask({ entry }), [task("web-1")], [], [missingPodIdOf(scanId, "prod", "shop", "web-9")]);
    expect((await retryOf(evidence, scanId)).requests).toMatchObject([{ targets: [{ ...entry, pods: ["web-9"] }] }]);
  });
});
