import { setTimeout as sleep } from "node:timers/promises";
import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { s3Objects } from "#aws/objects.ts";
import { sqsQueue } from "#aws/queue.ts";
import { embeddedCloud } from "#embedded/aws/cloud.ts";
import { telemetryTo } from "#embedded/telemetry.ts";

/** The embedded cloud as from far away: each call takes `delayMs`, and calls are counted by operation. */
export async function slowCloud(delayMs: number) {
  const cloud = embeddedCloud();
  await cloud.createBucket("evidence", { createOnly: true, versioned: true });
  await cloud.createBucket("published", { conditional: true, versioned: true });
  const calls = new Map<string, number>();
  const handle: typeof cloud.requestHandler.handle = async (request, options) => {
    const service = request.headers["x-amz-target"] === undefined ? "S3" : "SQS";
    const kind = request.query?.["list-type"] === undefined ? request.method : "LIST";
    const name = service === "S3" ? `S3 ${kind}` : "SQS";
    calls.set(name, (calls.get(name) ?? 0) + 1);
    if (delayMs > 0) await sleep(delayMs);
    return cloud.requestHandler.handle(request, options);
  };
  const credentials = { accessKeyId: "bench", secretAccessKey: "bench" };
  const requestHandler = { ...cloud.requestHandler, handle };
  const config = { region: "us-east-1", credentials, requestHandler };
  const sqs = new SQSClient(config);
  const s3 = new S3Client(config);
  const url = cloud.createQueue("muster-tasks-prod", { visibilityTimeoutSeconds: 5400 });
  const queue = sqsQueue(sqs, url);
  const notHere = async () => Promise.reject(new Error("the scan is replaced"));
  return {
    ...{ cloud: { ...cloud, requestHandler }, calls, sqs, url },
    ports: {
      ...{ evidence: s3Objects(s3, "evidence"), published: s3Objects(s3, "published"), taskQueue: () => queue },
      ...{ source: () => queue, mostReceives: 8, auditor: notHere, material: notHere, ...telemetryTo("/dev/null") },
      now: () => new Date(),
      attemptId: () => "1",
      onProgress: () => undefined,
    },
  };
}
