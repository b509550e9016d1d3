import { createHash } from "node:crypto";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { expectedKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Expected } from "#contract/run.ts";
import { type ExecutePorts, execute } from "#functions/executor/execute.ts";
import { readDocument } from "#ledger/documents.ts";
import { readOutcomes } from "#ledger/outcomes.ts";
import { type Place, startPlace } from "#test/faults/cloud/place.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { expandTask } from "#test/support/build.ts";

const names = Array.from({ length: 300 }, (_, index) => `web-${index}`);
const key = "requests/v1/pods/list.json";
const now = () => new Date("2026-11-24T03:05:00Z");
let place: Place;
let evidence: ObjectStore;
let published: ObjectStore;

beforeAll(async () => {
  place = await startPlace();
  place.setPods("shop", [...names, "web-not-asked-for"]);
});
afterAll(() => place.close());
beforeEach(async () => {
  ({ evidence, published } = await memoryBuckets());
});

async function put(content: unknown): Promise<string> {
  const bytes = Buffer.from(typeof content === "string" ? content : JSON.stringify(content));
  await published.create(key, bytes, { contentType: "application/json" });
  return createHash("sha256").update(bytes).digest("hex");
}

/** Carries out an expand task of what the list names; gives who is to be scanned, and what ended already. */
async function expand(sha256: string) {
  const task = expandTask({ entry: { cluster: "prod", namespaces: ["shop"], podsFrom: { key, sha256 } } });
  const never = () => Promise.reject(new Error("nothing is scanned here"));
  const ports: ExecutePorts = {
    ...{ evidence, published, now, auditor: never, material: never, attemptId: () => "1", onProgress: () => undefined },
    connect: async () => place.connection,
    taskQueue: () => ({ send: async () => undefined, hide: async () => undefined }),
  };
  await execute(task, ports, { leftMs: 60_000, receive: 1, mostReceives: 8 });
  const expected = await readDocument(evidence, expectedKey(task.scanId, task.taskId), Expected);
  const pods = expected?.tasks.map(({ target }) => target.pod) ?? [];
  return { pods, outcomes: await readOutcomes(evidence, task.scanId) };
}

describe("a list of pods that a request names by key and digest", () => {
  it("is scanned, all of it and nothing else", async () => {
    const { pods, outcomes } = await expand(await put(names));
    expect(pods.toSorted()).toEqual(names.toSorted());
    expect(outcomes).toEqual([]);
  });

  it("has an outcome for each pod that is not there", async () => {
    const { pods, outcomes } = await expand(await put([...names, "gone-1", "gone-2"]));
    expect(pods).toHaveLength(names.length);
    const ended = outcomes.map(({ subject, reason }) => `${subject} ${reason}`);
    expect(ended.toSorted()).toEqual(["prod/shop/gone-1 nothing-matched", "prod/shop/gone-2 nothing-matched"]);
  });

  it("is scanned once where it names a pod twice", async () => {
    const { pods } = await expand(await put([...names, ...names]));
    expect(pods).toHaveLength(names.length);
  });

  it.each([
    ["is not there", undefined, "bad-request", /podsFrom\.key: there is no requests\/v1\/pods\/list\.json/],
    ["is not JSON", "web-1\nweb-2\n", "bad-request", /is not a JSON list/],
    ["holds what is no pod's name", ["web-1", "../secrets"], "bad-request", /is not a JSON list/],
    ["names nothing", [], "bad-request", /is not a JSON list/],
    ["is larger than any list", " ".repeat(4 * 1024 * 1024 + 1), "too-large", /has 4194305 bytes; 4194304 are allowed/],
  ])("that %s ends the entry with a reason", async (_what, content, reason, message) => {
    const sha256 = content === undefined ? "0".repeat(64) : await put(content);
    const { pods, outcomes } = await expand(sha256);
    expect(pods).toEqual([]);
    expect(outcomes).toMatchObject([{ outcome: "failed", reason, message: expect.stringMatching(message) }]);
  });

  it("that was changed after the request was sent is not scanned", async () => {
    await put(names);
    const { pods, outcomes } = await expand("1".repeat(64));
    expect(pods).toEqual([]);
    expect(outcomes).toMatchObject([{ reason: "bad-request", message: expect.stringMatching(/podsFrom\.sha256/) }]);
  });
});
