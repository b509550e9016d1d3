import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { sqsInbox } from "#aws/inbox.ts";
import { ScanError } from "#contract/errors.ts";
import { scanIdOf } from "#contract/ids.ts";
import { cancelledKey, expectedKey, planKey } from "#contract/keys.ts";
import { Cancelled, Expected, Plan } from "#contract/run.ts";
import { createDocument, readDocument } from "#ledger/documents.ts";
import { writeOutcome } from "#ledger/outcomes.ts";
import { unscanned } from "#ledger/unscanned.ts";
import { type AwsEndpoint, awsEndpoint } from "#test/support/aws-endpoint.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { expandTask, scanTask, target } from "#test/support/build.ts";
import { expectOneClearMessage, runMuster } from "#test/support/run-muster.ts";

process.env.AWS_ACCESS_KEY_ID = "test";
process.env.AWS_SECRET_ACCESS_KEY = "test";

let buckets: Awaited<ReturnType<typeof memoryBuckets>>;
let endpoint: AwsEndpoint;
let queue: string;
let folder: string;
const request = { schemaVersion: 1 as const, profile: "baseline", targets: [{ cluster: "prod" }] };

beforeEach(async () => {
  buckets = await memoryBuckets();
  endpoint = await awsEndpoint(buckets.cloud);
  queue = buckets.cloud.createQueue("requests");
  folder = mkdtempSync(join(tmpdir(), "muster-"));
});
afterEach(async () => {
  await endpoint.close();
  rmSync(folder, { recursive: true });
});

const muster = (...words: string[]) => runMuster([...words, "--endpoint", endpoint.url, "--region", "us-east-1"]);

async function sent(): Promise<unknown> {
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const sqs = new SQSClient({ region: "us-east-1", credentials, requestHandler: buckets.cloud.requestHandler });
  const message = await sqsInbox(sqs, queue).next(30, AbortSignal.timeout(10_000));
  return message && JSON.parse(message.body);
}

function file(content: unknown): string {
  const path = join(folder, "request.json");
  writeFileSync(path, typeof content === "string" ? content : JSON.stringify(content));
  return path;
}

const scanId = scanTask().scanId;
const now = () => new Date("2026-11-24T03:05:00Z");

/** A scan that reached none of its pods; without `isComplete` their outcomes are still to come. */
async function past(failing: readonly string[], isComplete = true): Promise<void> {
  const { evidence } = buckets;
  const tasks = failing.map((pod) => scanTask({ target: target({ pod, podUid: `uid-${pod}` }) }));
  const expand = expandTask();
  const plan: Plan = { schemaVersion: 1, scanId, requestedAt: "2026-11-24T03:00:00.000Z", request, tasks: [expand] };
  await createDocument(evidence, planKey(scanId), Plan, plan);
  const taskIds = tasks.map(({ taskId }) => taskId);
  const expected: Expected = { schemaVersion: 1, scanId, expandTaskId: expand.taskId, taskIds, tasks };
  await createDocument(evidence, expectedKey(scanId, expand.taskId), Expected, expected);
  for (const task of isComplete ? tasks : []) {
    await writeOutcome(evidence, unscanned(task, new ScanError("tcp", "the VPN was down"), now), now);
  }
}

describe("muster submit", () => {
  it("puts a request on the queue and tells the scan's id", async () => {
    const { code, stdout } = await muster("submit", file({ ...request, requestId: "nightly:1" }), "--queue", queue);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${scanIdOf({ requestId: "nightly:1" }, "")}\n` });
    expect(await sent()).toEqual({ ...request, requestId: "nightly:1" });
  });

  it.each([
    ["a queue that is no URL", ["--queue", "foo", "--region", "us-east-1"], '--queue: "foo" must be a URL'],
    ["an endpoint that is none", ["--queue", "http://127.0.0.1:1/q", "--endpoint", "foo"], '--endpoint: "foo" must be'],
    ["no region", ["--queue", "http://127.0.0.1:1/q"], "no AWS region: give --region"],
  ])("says what is wrong with %s", async (_what, words, message) => {
    const bare = ["env", "-u", "AWS_REGION", "-u", "AWS_DEFAULT_REGION", "AWS_CONFIG_FILE=/dev/null"];
    expectOneClearMessage(await runMuster(["submit", file(request), ...words], bare), `bad-request: ${message}`);
  });

  it("names what is wrong with a request, and sends nothing", async () => {
    const run = await muster("submit", file({ ...request, command: "id" }), "--queue", queue);
    expectOneClearMessage(run, "bad-request", "command");
    expect(await buckets.evidence.list("")).toEqual([]);
  });

  it("sends a new scan of what has no verdict", async () => {
    await past(["web-1", "web-2"]);
    const run = await muster("submit", "--retry", scanId, "--evidence", "evidence", "--queue", queue);
    expect(run).toMatchObject({ code: 0, stderr: expect.stringContaining("2 without a verdict") });
    const include = ["containers", "initContainers", "ephemeralContainers"];
    const entry = { cluster: "prod", namespaces: ["shop"], pods: ["web-1", "web-2"], containers: ["main"], include };
    expect(await sent()).toEqual({ ...request, profile: ["baseline"], targets: [entry] });
  });

  it("does not retry a scan that may still find something", async () => {
    await past(["web-1"], false);
    const run = await muster("submit", "--retry", scanId, "--evidence", "evidence", "--queue", queue);
    expectOneClearMessage(run, "bad-request", "not complete");
  });
});

describe("muster cancel", () => {
  it("leaves word for every executor", async () => {
    await past(["web-1"], false);
    const run = await muster("cancel", scanId, "--evidence", "evidence");
    expect(run).toMatchObject({ code: 0, stdout: expect.stringContaining("is cancelled") });
    expect(await readDocument(buckets.evidence, cancelledKey(scanId), Cancelled)).toMatchObject({ scanId });
  });

  it("has nothing to do with a scan that is complete", async () => {
    await past(["web-1"]);
    const { stdout } = await muster("cancel", scanId, "--evidence", "evidence", "--json");
    expect(JSON.parse(stdout)).toEqual({ scanId, state: "complete" });
  });

  it("says so when there is no such scan", async () => {
    expectOneClearMessage(await muster("cancel", scanId, "--evidence", "evidence"), "bad-request", scanId);
  });
});
