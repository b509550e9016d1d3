import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import type { Context, SQSRecord } from "aws-lambda";
import * as z from "zod";
import { completeKey, expectedKey, planKey } from "#contract/keys.ts";
import { Complete, Expected, Plan } from "#contract/run.ts";
import type { ScanTask } from "#contract/task.ts";
import { execute } from "#functions/executor/execute.ts";
import { executorHandler } from "#functions/executor/handler.ts";
import { createDocument, readDocument } from "#ledger/documents.ts";
import { startPlace } from "#test/faults/cloud/place.ts";
import { scanned } from "#test/faults/cloud/stand-in.ts";
import { awsEndpoint } from "#test/support/aws-endpoint.ts";
import { executorNodeOptions } from "../../../infra/derived.ts";
import { type Row, rowOf } from "../row.ts";
import { inOwnProcess } from "../transport/own-process.ts";
import { bundled } from "./bundled.ts";
import { slowCloud } from "./slow-cloud.ts";
import { managedFields, podNames, targets, tenThousand } from "./tasks.ts";

const callMs = 20;
const expandRuns = 3;
const task = tenThousand;
const Spent = z.strictObject({ seconds: z.number(), megabytes: z.number() });

/**
 * One expand task of 10,000 containers in a process of its own, bundled as in the image, from its first look to the last
 * task on the queue. Its pods are as heavy as real ones.
 */
export async function expandTenThousand(): Promise<readonly Row[]> {
  process.env.AWS_ACCESS_KEY_ID ??= "bench";
  process.env.AWS_SECRET_ACCESS_KEY ??= "bench";
  process.env.NODE_OPTIONS = executorNodeOptions; // the client's, as on Lambda; this process has started already
  const place = await startPlace();
  place.delayMs = callMs;
  place.setPods("shop", podNames, managedFields);
  const folder = mkdtempSync(join(tmpdir(), "muster-bench-"));
  const client = await bundled(new URL("./expand-client.ts", import.meta.url), folder);
  const spent: z.infer<typeof Spent>[] = [];
  try {
    for (let run = 0; run < expandRuns; run += 1) {
      const { cloud, sqs, url } = await slowCloud(callMs);
      const endpoint = await awsEndpoint(cloud);
      spent.push(Spent.parse(await inOwnProcess(client, endpoint.url, url, place.kubeconfig)));
      await endpoint.close();
      const names: "ApproximateNumberOfMessages"[] = ["ApproximateNumberOfMessages"];
      const { Attributes } = await sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: names }));
      const queued = Number(Attributes?.ApproximateNumberOfMessages);
      if (queued !== targets) throw new Error(`${queued} tasks are on the queue instead of ${targets}`);
    }
  } finally {
    await place.close();
    rmSync(folder, { recursive: true });
  }
  const what = `${targets} targets, ${callMs} ms a call: expand → all tasks queued`;
  const seconds = spent.map((each) => each.seconds);
  const megabytes = spent.map((each) => each.megabytes);
  return [
    rowOf({ id: "cloud.expand.seconds", what, unit: "s", samples: seconds, bar: "≤ 6" }),
    rowOf({
      id: "cloud.expand.memory",
      what: `${what}, resident at most`,
      unit: "MB",
      samples: megabytes,
      bar: "≤ 256",
    }),
  ];
}

/** All scans of 10,000 targets through the handler, the scan itself left out: calls to S3, and time beside it. */
export async function completeTenThousand(): Promise<readonly Row[]> {
  const { ports, calls } = await slowCloud(0);
  const tasks = await promise(ports.evidence);
  const before = new Map(calls);
  const handler = executorHandler({
    ...ports,
    connect: async () => nowhere(),
    scan: async (one) => scanned(one, new Date()),
  });
  const overheadMs: number[] = [];
  for (const one of tasks) {
    const begun = performance.now();
    await handler({ Records: [recordOf(one)] }, context);
    overheadMs.push(performance.now() - begun);
  }
  const complete = await readDocument(ports.evidence, completeKey(task.scanId), Complete);
  if (complete?.tally.scanned !== targets) throw new Error("the scan is not complete");
  const s3 = [...calls].filter(([name]) => name.startsWith("S3"));
  const total = s3.reduce((sum, [name, count]) => sum + count - (before.get(name) ?? 0), 0);
  const beyond = (total - targets) / targets; // each task's outcome is its own file
  const by = s3
    .map(([name, count]) => `${name} ${((count - (before.get(name) ?? 0)) / targets).toFixed(2)}`)
    .join(", ");
  const what = `completion of ${targets} targets: S3 calls a scan task beyond its own files (with its outcome: ${by})`;
  return [
    rowOf({ id: "cloud.completion.calls", what, unit: "calls", samples: [beyond], bar: "≤ 4" }),
    rowOf({
      ...{ id: "cloud.handler.overhead", unit: "ms", samples: overheadMs, bar: "≤ 50" },
      what: "a scan task through the handler, beyond the scan itself and the network's time",
    }),
  ];
}

/** Writes plan and expectation of a scan by a real expand task; gives the tasks that it sends. */
async function promise(
  evidence: Awaited<ReturnType<typeof slowCloud>>["ports"]["evidence"],
): Promise<readonly ScanTask[]> {
  const request = { schemaVersion: 1 as const, profile: "baseline", targets: [task.entry] };
  const plan: Plan = { schemaVersion: 1, scanId: task.scanId, requestedAt: task.requestedAt, request, tasks: [task] };
  await createDocument(evidence, planKey(task.scanId), Plan, plan);
  const place = await startPlace();
  place.setPods("shop", podNames);
  const none = await slowCloud(0);
  try {
    const ports = { ...none.ports, evidence, connect: async () => place.connection };
    await execute(task, ports, { leftMs: 900_000, receive: 1, mostReceives: 8 });
  } finally {
    await place.close();
  }
  const expected = await readDocument(evidence, expectedKey(task.scanId, task.taskId), Expected);
  return expected?.tasks ?? [];
}

function nowhere(): never {
  throw new Error("the scan is replaced, and needs no connection");
}

function recordOf(one: ScanTask): SQSRecord {
  return {
    ...{
      messageId: one.taskId,
      receiptHandle: "none",
      body: JSON.stringify(one),
      messageAttributes: {},
      md5OfBody: "",
    },
    attributes: {
      ...{ ApproximateReceiveCount: "1", SentTimestamp: "0", SenderId: "bench" },
      ApproximateFirstReceiveTimestamp: "0",
    },
    ...{ eventSource: "aws:sqs", eventSourceARN: "arn:aws:sqs:us-east-1:000000000000:q", awsRegion: "us-east-1" },
  };
}

const nothing = () => undefined;
const context: Context = {
  ...{ callbackWaitsForEmptyEventLoop: true, functionName: "bench", functionVersion: "1", memoryLimitInMB: "2048" },
  ...{ invokedFunctionArn: "arn", awsRequestId: "1", logGroupName: "bench", logStreamName: "bench" },
  ...{ done: nothing, fail: nothing, succeed: nothing, getRemainingTimeInMillis: () => 900_000 },
};
