import { beforeEach, describe, expect, it } from "vitest";
import { rejectedKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Rejected } from "#contract/run.ts";
import { ExpandTask } from "#contract/task.ts";
import { type DispatchPorts, dispatch } from "#functions/dispatcher/dispatch.ts";
import { readDocument } from "#ledger/documents.ts";
import { registerContent } from "#ledger/registry.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { memorySigner } from "#test/support/signing.ts";

let evidence: ObjectStore;
let ports: DispatchPorts;
let register: (content: string) => Promise<unknown>;
let sent: { cluster: string; task: ExpandTask }[];
const request = { schemaVersion: 1, profile: "baseline", targets: [{ cluster: "prod" }, { cluster: "edge" }] };
const sentAt = new Date("2026-11-24T03:00:00Z");
const message = (body: unknown, id = "m1") => {
  return { id, body: typeof body === "string" ? body : JSON.stringify(body), sentAt };
};

beforeEach(async () => {
  const buckets = await memoryBuckets();
  ({ evidence } = buckets);
  sent = [];
  register = (content) => {
    const bytes = new TextEncoder().encode(content);
    return registerContent(buckets.published, memorySigner(), { kind: "profiles", name: "baseline", bytes });
  };
  await register("v1");
  const queue = (cluster: string) => ({
    send: async (messages: Iterable<{ body: string }>) => {
      for (const { body } of messages) sent.push({ cluster, task: ExpandTask.parse(JSON.parse(body)) });
    },
    hide: async () => undefined,
  });
  ports = { ...buckets, taskQueue: (name) => (["prod", "edge"].includes(name) ? queue(name) : undefined) };
});

describe("the dispatcher", () => {
  it("sends one expand task an entry, each to its own cluster's queue", async () => {
    await dispatch(message(request), ports);
    expect(sent.map(({ cluster, task }) => [cluster, task.entry.cluster])).toEqual([
      ["prod", "prod"],
      ["edge", "edge"],
    ]);
  });

  it("says which profiles are a worker's, in the cluster that has one", async () => {
    const workerProfiles = (cluster: string) => (cluster === "edge" ? ["baseline", "not-asked-for"] : []);
    await dispatch(message(request), { ...ports, workerProfiles });
    expect(sent.map(({ task }) => task.workerProfiles)).toEqual([undefined, ["baseline"]]);
  });

  it("sends the same tasks when the message is delivered twice, even if names mean something else by then", async () => {
    const first = await dispatch(message(request), ports);
    const tasks = sent.splice(0);
    await register("v2");
    const second = await dispatch(message(request), ports);
    expect(second.scanId).toBe(first.scanId);
    expect(sent).toEqual(tasks);
  });

  it("never rejects on a second delivery what was planned on the first", async () => {
    const { scanId } = await dispatch(message(request), ports);
    await expect(dispatch(message(request), { ...ports, taskQueue: () => undefined })).rejects.toThrow("is gone");
    expect(await readDocument(evidence, rejectedKey(scanId), Rejected)).toBeUndefined();
  });

  it("makes two scans of two nights and one of one night delivered twice", async () => {
    const night = (day: string) => ({ ...request, requestId: `nightly:${day}` });
    const ids = [
      await dispatch(message(night("23"), "m1"), ports),
      await dispatch(message(night("24"), "m2"), ports),
      await dispatch(message(night("24"), "m3"), ports),
    ].map(({ scanId }) => scanId);
    expect(new Set(ids).size).toBe(2);
    expect(ids[1]).toBe(ids[2]);
  });

  it.each([
    ["not JSON", "{", "bad-request", "(the whole document)"],
    ["over 4 KB", JSON.stringify({ ...request, requestedBy: "x".repeat(5000) }), "bad-request", "(the whole document)"],
    ["with an unknown key", { ...request, command: "id" }, "bad-request", "command"],
    ["null", "null", "bad-request", "(the whole document)"],
    [
      "for a cluster that nobody knows",
      { ...request, targets: [{ cluster: "mars" }] },
      "cluster-unknown",
      "targets[0].cluster",
    ],
    ["for a profile that nobody knows", { ...request, profile: "ghost" }, "profile-unknown", "profile"],
    ["for inputs that nobody knows", { ...request, options: { inputs: "ghost" } }, "bad-request", "options.inputs"],
  ])("writes down why it rejects a request %s, and sends nothing", async (_what, body, reason, field) => {
    const { scanId, outcome } = await dispatch(message(body), ports);
    expect(outcome).toBe("rejected");
    const rejected = await readDocument(evidence, rejectedKey(scanId), Rejected);
    expect(rejected).toMatchObject({ reason, faults: [{ field }] });
    expect(sent).toEqual([]);
  });
});
