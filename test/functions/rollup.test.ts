import { Logger } from "@aws-lambda-powertools/logger";
import { Metrics } from "@aws-lambda-powertools/metrics";
import { EventBridgeClient } from "@aws-sdk/client-eventbridge";
import type { Context } from "aws-lambda";
import * as fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { eventBus } from "#aws/events.ts";
import { completeKey, feedKey, latestKey, planKey, rejectedKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Feed, Latest } from "#contract/published.ts";
import { Rejected } from "#contract/run.ts";
import type { PutEvent } from "#embedded/aws/events.ts";
import { rollupHandler } from "#functions/rollup/handler.ts";
import { type RollUpPorts, rollUp } from "#functions/rollup/roll-up.ts";
import { createDocument, readDocument } from "#ledger/documents.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { target } from "#test/support/build.ts";
import { type FinishedScan, finishedScan } from "#test/support/finished-scan.ts";

let buckets: Awaited<ReturnType<typeof memoryBuckets>>;
let ports: RollUpPorts;
let told: PutEvent[];
const pointer = latestKey(target(), "baseline");
const web = (pod: string) => ({ pod, podUid: `uid-${pod}` });

async function start() {
  buckets = await memoryBuckets();
  told = [];
  buckets.cloud.onEvent((event) => told.push(event));
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const { requestHandler } = buckets.cloud;
  const client = new EventBridgeClient({ region: "us-east-1", credentials, requestHandler, maxAttempts: 1 });
  ports = { evidence: buckets.evidence, published: buckets.published, events: eventBus(client) };
}
beforeEach(start);

const latest = () => readDocument(ports.published, pointer, Latest);
const complete = async (scan: FinishedScan) => rollUp(completeKey(await finishedScan(ports.evidence, scan)), ports);

/** Everything below the published bucket, by key. */
async function contents(objects: ObjectStore): Promise<Record<string, string>> {
  const keys = await objects.list("");
  const texts = await Promise.all(keys.map(async (key) => new TextDecoder().decode((await objects.read(key))?.bytes)));
  return Object.fromEntries(keys.map((key, index) => [key, texts[index] ?? ""]));
}

describe("the rollup of a completed scan", () => {
  it("tells of it when pointers and index stand, and not before", async () => {
    let seen: Latest | undefined;
    const put = async () => {
      seen = await latest();
    };
    const scanId = await finishedScan(ports.evidence, { containers: [{ compliance: 75 }] });
    await rollUp(completeKey(scanId), { ...ports, events: { put } });
    expect(seen).toMatchObject({ scanId, containers: [{ compliance: 75 }] });
    expect(Object.keys(await contents(ports.published))).toEqual([
      "index/v1/clusters/prod.json",
      feedKey,
      "index/v1/fleet.json",
      pointer,
    ]);
  });

  it("does not hide a replica that could not be scanned behind one that passed", async () => {
    await complete({
      containers: [
        { target: web("web-a"), compliance: 100 },
        { target: web("web-b"), compliance: null },
        { target: web("web-c"), compliance: 40 },
      ],
    });
    expect((await latest())?.containers.map(({ pod, reason, compliance }) => [pod, reason, compliance])).toEqual([
      ["web-a", null, 100],
      ["web-b", "no-shell", null],
      ["web-c", null, 40],
    ]);
    const index = JSON.parse((await contents(ports.published))["index/v1/clusters/prod.json"] ?? "");
    expect(index.rows).toMatchObject([{ compliance: 40, tally: { scanned: 2, unscannable: 1, failed: 0 } }]);
  });

  it("does the same again when it is told twice", async () => {
    const scanId = await finishedScan(ports.evidence, { containers: [{ compliance: 75 }] });
    await rollUp(completeKey(scanId), ports);
    const before = await contents(ports.published);
    await rollUp(completeKey(scanId), ports);
    expect(await contents(ports.published)).toEqual(before);
    expect(told.map(({ detailType }) => detailType)).toEqual(["Scan Completed", "Scan Completed"]);
  });

  it("leaves the same behind, whatever the order in which scans are told", async () => {
    const scans = [1, 2, 3, 4].map((n) => ({
      requestId: `night-${n}`,
      requestedAt: `2026-11-2${n === 4 ? 3 : n}T03:00:00.000Z`, // two of them at the same time
      containers: [{ compliance: n }, { target: { ...web(`own-${n}`), namespace: `ns-${n % 2}` }, compliance: null }],
    }));
    const results = new Set<string>();
    await fc.assert(
      fc.asyncProperty(fc.shuffledSubarray([0, 1, 2, 3, 0, 2], { minLength: 6 }), async (order) => {
        await start();
        for (const n of order) await complete(scans[n] ?? { containers: [] });
        results.add(JSON.stringify(await contents(ports.published)));
      }),
      { numRuns: 12 },
    );
    expect(results.size).toBe(1);
    expect(await latest()).toMatchObject({ containers: [{ compliance: expect.any(Number) }] });
  });

  it("loses nothing when two scans are told at the same moment", async () => {
    const ids = await Promise.all(
      ["a", "b", "c"].map((name) =>
        finishedScan(ports.evidence, {
          requestId: name,
          containers: [{ target: { ...web(name), namespace: name }, compliance: 50 }],
        }),
      ),
    );
    await Promise.all(ids.map((scanId) => rollUp(completeKey(scanId), ports)));
    const feed = await readDocument(ports.published, feedKey, Feed);
    expect(feed?.scans.map(({ scanId }) => scanId).toSorted()).toEqual(ids.toSorted());
    const index = JSON.parse((await contents(ports.published))["index/v1/clusters/prod.json"] ?? "");
    expect(index.rows.map(({ namespace }: { namespace: string }) => namespace)).toEqual(["a", "b", "c"]);
  });
});

describe("the rollup of other objects", () => {
  it("tells of an accepted request and of each finished task, under the request's own id", async () => {
    const scanId = await finishedScan(ports.evidence, { requestId: "ticket-7", containers: [{ compliance: 75 }] });
    await rollUp(planKey(scanId), ports);
    const [outcome = ""] = await ports.evidence.list(`runs/v1/${scanId}/outcomes/`);
    await rollUp(outcome, ports);
    expect(told).toMatchObject([
      { source: "muster", detailType: "Scan Requested", detail: { metadata: { scanId, correlationId: "ticket-7" } } },
      { detailType: "Scan Task Finished", detail: { data: { outcome: "scanned", subject: "prod/shop/web-abc/main" } } },
    ]);
    expect(await contents(ports.published)).toEqual({});
  });

  it("tells why a request was refused", async () => {
    const scanId = "f".repeat(32);
    const faults = [{ field: "profile", message: 'no profile "ghost" is registered' }];
    const requestedAt = "2026-11-24T03:00:00.000Z";
    const rejected: Rejected = { schemaVersion: 1, scanId, requestedAt, reason: "profile-unknown", faults };
    await createDocument(ports.evidence, rejectedKey(scanId), Rejected, rejected);
    await rollUp(rejectedKey(scanId), ports);
    expect(told).toMatchObject([
      { detailType: "Scan Failed", detail: { data: { reason: "profile-unknown", faults } } },
    ]);
  });

  it.each(["scans/v1/prod/x/hdf.json", `runs/v1/${"a".repeat(32)}/shards/00.json`, "runs/v1/x/complete.json"])(
    "says nothing about %s",
    async (key) => expect(await rollUp(key, ports)).toBeUndefined(),
  );
});

describe("the rollup function", () => {
  const record = (messageId: string, body: string) => ({ messageId, body });
  const invoke = (records: readonly object[], schedules: readonly string[] = []) => {
    const logger = new Logger({ serviceName: "rollup", logLevel: "SILENT" });
    const metrics = new Metrics({ namespace: "muster", serviceName: "rollup", logger });
    const handler = rollupHandler({ ...ports, logger, metrics, schedules: new Set(schedules) });
    return handler({ Records: records } as never, { functionName: "rollup" } as Context);
  };

  it("takes S3's own event and fails only the records that it could not carry out", async () => {
    const bodies: string[] = [];
    buckets.cloud.onObjectCreated("evidence", (event) => void bodies.push(JSON.stringify(event)));
    await finishedScan(ports.evidence, { containers: [{ compliance: 75 }] });
    await buckets.cloud.notificationsSettled();
    const records = bodies.map((body, index) => record(`m${index}`, body));
    expect(await invoke([...records, record("bad", "{}")])).toEqual({ batchItemFailures: [{ itemIdentifier: "bad" }] });
    expect(told.map(({ detailType }) => detailType).toSorted()).toEqual([
      "Scan Completed",
      "Scan Requested",
      "Scan Task Finished",
    ]);
  });

  it("brings a record back whose event the bus did not take", async () => {
    const scanId = await finishedScan(ports.evidence, { containers: [{ compliance: 75 }] });
    const body = JSON.stringify({
      "detail-type": "Object Created",
      detail: { bucket: { name: "evidence" }, object: { key: completeKey(scanId) } },
    });
    buckets.cloud.fault({ operation: "PutEvents", effect: "fail" });
    expect(await invoke([record("m1", body)])).toEqual({ batchItemFailures: [{ itemIdentifier: "m1" }] });
    expect(await invoke([record("m1", body)])).toEqual({ batchItemFailures: [] });
    expect(told).toHaveLength(1);
  });
});
