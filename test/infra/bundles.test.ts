import { execFile } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { KMSClient } from "@aws-sdk/client-kms";
import { ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterAll, beforeAll, beforeEach, expect, it } from "vitest";
import { packProfile } from "#audit/archive.ts";
import { kmsSigner } from "#aws/kms.ts";
import type { Registry } from "#contract/deployment.ts";
import { completeKey, expectedKey, planKey } from "#contract/keys.ts";
import { strictPolicy } from "#contract/policy.ts";
import { ExpandTask } from "#contract/task.ts";
import { readOutcomes } from "#ledger/outcomes.ts";
import { registerContent } from "#ledger/registry.ts";
import { type AwsEndpoint, awsEndpoint } from "#test/support/aws-endpoint.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { expandTask, scanTask } from "#test/support/build.ts";
import { finishedScan } from "#test/support/finished-scan.ts";
import { memorySigner } from "#test/support/signing.ts";
import { bundleInto } from "../../infra/constructs/bundle.ts";

/** What the stack ships, run in a process of its own as Lambda would, against the embedded AWS over HTTP. */
const registry: Registry = {
  schemaVersion: 1,
  clusters: [{ id: "prod", policy: { ...strictPolicy, credentials: "per-scan" }, workerProfiles: [] }],
  schedules: ["nightly"],
};
const folder = mkdtempSync(join(tmpdir(), "muster-bundles-"));
const run = promisify(execFile);
const client = { region: "us-east-1", credentials: { accessKeyId: "test", secretAccessKey: "test" } };
let buckets: Awaited<ReturnType<typeof memoryBuckets>>;
let endpoint: AwsEndpoint;

beforeAll(() => {
  for (const name of ["dispatcher", "dead-letter", "rollup"]) {
    bundleInto(join(folder, name), name, { "registry.json": registry });
  }
});
beforeEach(async () => {
  buckets = await memoryBuckets();
  endpoint = await awsEndpoint(buckets.cloud);
  return () => endpoint.close();
});
afterAll(() => rmSync(folder, { recursive: true }));

/** The executor lies in its image as it lies here: it reads scripts and starts Ruby from the files beside it. */
const entryOf = (name: string) =>
  name === "executor"
    ? new URL("../../functions/executor/lambda.ts", import.meta.url).pathname
    : join(folder, name, "index.mjs");

/** Imports a bundle, gives it one event of these message bodies, and prints what it answers. */
function invoke(name: string, ...bodies: readonly unknown[]) {
  return invokeWith(name, "r", bodies);
}

async function invokeWith(name: string, receiptHandle: string, bodies: readonly unknown[], signingKey = "none") {
  const Records = bodies.map((body, index) => ({
    ...{ messageId: `m${index}`, receiptHandle, body: JSON.stringify(body) },
    attributes: { SentTimestamp: "1795489200000", ApproximateReceiveCount: "8" },
    eventSourceARN: `arn:aws:sqs:us-east-1:000000000000:muster-main-${name === "executor" ? "tasks" : "dead"}-prod`,
  }));
  const script = `const { handler } = await import(process.argv[1]);
    const answer = await handler(JSON.parse(process.argv[2]), {
      functionName: "f", getRemainingTimeInMillis: () => 60_000 });
    process.stdout.write(JSON.stringify(answer), () => process.exit());`;
  const { stdout } = await run(
    process.execPath,
    ["--input-type=module", "-e", script, entryOf(name), JSON.stringify({ Records })],
    {
      env: {
        ...{ AWS_ENDPOINT_URL: endpoint.url, AWS_REGION: "us-east-1" },
        ...{ AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "test" },
        ...{ DEPLOYMENT: "muster-main", QUEUE_URL_BASE: `${endpoint.url}/000000000000` },
        SIGNING_KEY: signingKey,
        ...{ EVIDENCE_BUCKET: "evidence", PUBLISHED_BUCKET: "published", MOST_RECEIVES: "8" },
      },
    },
  );
  return stdout.split("\n").filter(Boolean);
}

it("the dispatcher's bundle plans a request and sends its task to the queue that the cluster's name tells", async () => {
  const { cloud, published, evidence } = buckets;
  const bytes = new TextEncoder().encode("v1");
  await registerContent(published, memorySigner(), { kind: "profiles", name: "baseline", bytes });
  const url = cloud.createQueue("muster-main-tasks-prod");
  const request = { schemaVersion: 1, requestId: "r1", profile: "baseline", targets: [{ cluster: "prod" }] };
  const lines = await invoke("dispatcher", request, { ...request, requestId: "r2", targets: [{ cluster: "mars" }] });
  expect(lines.at(-1)).toBe('{"batchItemFailures":[]}');
  expect(await evidence.list("runs/")).toEqual([
    expect.stringMatching(/\/(plan|rejected)\.json$/),
    expect.stringMatching(/\/(plan|rejected)\.json$/),
  ]);
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const sqs = new SQSClient({ region: "us-east-1", credentials, requestHandler: cloud.requestHandler });
  const { Messages = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
  const tasks = Messages.map(({ Body = "" }) => ExpandTask.parse(JSON.parse(Body)));
  expect(tasks).toMatchObject([{ entry: { cluster: "prod" }, policy: { credentials: "per-scan" } }]);
  expect(await evidence.list(planKey(tasks[0]?.scanId ?? ""))).toHaveLength(1);
});

it("the dead-letter function's bundle keeps the message and ends the task", async () => {
  const task = expandTask();
  const lines = await invoke("dead-letter", task);
  expect(lines.at(-1)).toBe('{"batchItemFailures":[]}');
  const keys = await buckets.evidence.list("");
  expect(keys).toContain("buried/v1/m0.json");
  expect(keys).toContain(expectedKey(task.scanId, task.taskId));
});

it("the rollup's bundle puts the event on the bus, and counts the scan under its schedule's name", async () => {
  const told: string[] = [];
  buckets.cloud.onEvent(({ detailType }) => told.push(detailType));
  const scanId = await finishedScan(buckets.evidence, {
    requestedBy: "schedule/nightly",
    containers: [{ compliance: 75 }],
  });
  const lines = await invoke("rollup", {
    "detail-type": "Object Created",
    detail: { bucket: { name: "evidence" }, object: { key: completeKey(scanId) } },
  });
  expect(lines.at(-1)).toBe('{"batchItemFailures":[]}');
  expect(told).toEqual(["Scan Completed"]);
  const metrics = lines.filter((line) => line.includes("_aws")).map((line) => JSON.parse(line));
  expect(metrics).toContainEqual(
    expect.objectContaining({ service: "rollup", schedule: "nightly", ScheduledScansCompleted: 1 }),
  );
});

it("the executor finds the cluster by its record, and says in the outcome why it cannot get there", async () => {
  const { cloud, evidence } = buckets;
  const task = { ...expandTask(), hop: 5 }; // it was handed on as often as it may be
  const url = cloud.createQueue("muster-main-tasks-prod");
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const sqs = new SQSClient({ region: "us-east-1", credentials, requestHandler: cloud.requestHandler });
  await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(task) }));
  const { Messages: [message] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url }));
  const record = { schemaVersion: 1, kind: "token", server: "https://127.0.0.1:1", caData: "YQ==", token: "t" };
  cloud.putSecret("muster-main/clusters/prod", JSON.stringify(record));
  const lines = await invokeWith("executor", message?.ReceiptHandle ?? "", [task]);
  expect(lines.at(-1)).toBe('{"batchItemFailures":[]}');
  expect(await readOutcomes(evidence, task.scanId)).toMatchObject([
    { reason: "tcp", message: expect.stringContaining("127.0.0.1:1") },
  ]);
});

it.each([
  // Nobody gave the cluster a record, which is what it asks for next.
  ["the key of its deployment", true, "unauthenticated", /clusters\/prod holds no text/],
  ["another key", false, "profile-invalid", /signed by a key that is not trusted here/],
])(
  "the executor, given a profile that is signed with %s, ends as it should",
  async (_whose, isOwn, reason, message) => {
    const { cloud, evidence, published } = buckets;
    const [own, other] = [cloud.createSigningKey(), cloud.createSigningKey()];
    const kms = new KMSClient({ ...client, requestHandler: cloud.requestHandler });
    const folderOf = new URL("../../profiles/container-baseline", import.meta.url).pathname;
    const bytes = await packProfile(folderOf);
    const signer = kmsSigner(isOwn ? own : other, kms);
    const profile = await registerContent(published, signer, { kind: "profiles", name: "baseline", bytes });
    const task = scanTask({ profile, hop: 5 });
    const url = cloud.createQueue("muster-main-tasks-prod");
    const sqs = new SQSClient({ ...client, requestHandler: cloud.requestHandler });
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: JSON.stringify(task) }));
    const { Messages: [received] = [] } = await sqs.send(new ReceiveMessageCommand({ QueueUrl: url }));
    await invokeWith("executor", received?.ReceiptHandle ?? "", [task], own);
    expect(await readOutcomes(evidence, task.scanId)).toMatchObject([
      { reason, message: expect.stringMatching(message) },
    ]);
  },
);

it("a function without its environment says which variable is missing", async () => {
  const script = `await import(process.argv[1])`;
  const args = ["--input-type=module", "-e", script, join(folder, "dead-letter", "index.mjs")];
  await expect(run(process.execPath, args, { env: { EVIDENCE_BUCKET: "e" } })).rejects.toThrow(
    /DEPLOYMENT: .*QUEUE_URL_BASE: .*PUBLISHED_BUCKET: /,
  );
});
