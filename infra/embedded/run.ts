import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { ulid } from "ulid";
import type { ProgressEvent } from "#audit/job.ts";
import { s3Objects } from "#aws/objects.ts";
import { type Queue, sqsQueue } from "#aws/queue.ts";
import type { Connection } from "#cluster/connection.ts";
import { ScanError } from "#contract/errors.ts";
import { scanIdOf } from "#contract/ids.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { type ClusterPolicy, strictPolicy } from "#contract/policy.ts";
import { ScanRequest } from "#contract/request.ts";
import type { Pinned, ScanTask } from "#contract/task.ts";
import { deadLetterHandler } from "#functions/dead-letter/handler.ts";
import { dispatcherHandler } from "#functions/dispatcher/handler.ts";
import { executorsDoctor } from "#functions/executor/doctor.ts";
import { executorHandler } from "#functions/executor/handler.ts";
import { materialFrom } from "#functions/executor/material.ts";
import { warmAuditor } from "#functions/executor/warm-auditor.ts";
import { type Registration, registerContent } from "#ledger/registry.ts";
import type { ImageSource } from "#reach/image/through-image.ts";
import { storeSigner } from "#signing/key-file.ts";
import { trusting } from "#signing/trust.ts";
import { realClock } from "./aws/clock.ts";
import { type EmbeddedCloud, embeddedCloud } from "./aws/cloud.ts";
import { startEventSourceMapping } from "./event-source-mapping.ts";
import { type Finished, finished, onScanEvents, type ScanEvent } from "./scan-events.ts";
import { telemetryTo } from "./telemetry.ts";

export interface LocalOptions {
  /** Folder of the embedded S3: `evidence/` and `published/` below it are the buckets. */
  readonly store: string;
  /** Folder for sockets, unpacked profiles and the log. */
  readonly workDir: string;
  /** The clusters that requests may name. Without any, requests wait on their queue. */
  readonly clusters: ReadonlyMap<string, () => Promise<Connection>>;
  /** Tasks at once in one cluster, 2–1,000. */
  readonly maximumConcurrency?: number;
  /** How often a task is tried. On a laptop somebody is waiting: once. */
  readonly mostReceives?: number;
  /** What is allowed in these clusters, or in each. Default: to look through shells, and nothing more. */
  readonly policy?: ClusterPolicy | ((cluster: string) => ClusterPolicy);
  /** Where images of containers are to be had that cannot be entered, whatever the policy says. Default: nowhere. */
  readonly images?: ImageSource;
  readonly onEvent?: (event: ScanEvent) => void;
  /** What queue URLs begin with, where somebody outside this process is to use them. Default: as on AWS. */
  readonly queueUrls?: string;
}

export interface LocalMuster {
  /** The embedded cloud itself, for an endpoint that speaks for it. */
  readonly requestHandler: EmbeddedCloud["requestHandler"];
  readonly requestQueueUrl: string;
  readonly evidence: ObjectStore;
  readonly published: ObjectStore;
  /** Registers content under a name, signed with the store's own key. */
  register(registration: Registration): Promise<Pinned>;
  /** Folder in which the keys of the evidence bucket lie as files. */
  readonly evidenceFolder: string;
  /** Puts a request on the request queue, as any other system would; gives the scan's id. */
  submit(body: string): Promise<string>;
  /** Resolves when the scan has its `complete.json` or `rejected.json`. */
  finished(scanId: string, signal?: AbortSignal): Promise<Finished>;
  /** Ends everything; what runs is drained first. */
  stop(): Promise<void>;
}

const functionTimeoutMs = 900_000;
const visibilityTimeoutSeconds = 5400;

/**
 * The cloud's own handlers on one machine: embedded queues and buckets, event source mappings with the rules of AWS,
 * one task queue with its dead-letter queue a cluster.
 */
export async function startLocal(options: LocalOptions): Promise<LocalMuster> {
  mkdirSync(options.workDir, { recursive: true });
  const cloud = embeddedCloud({ store: options.store, ...(options.queueUrls && { queueUrls: options.queueUrls }) });
  await cloud.createBucket("evidence", { createOnly: true, versioned: true });
  await cloud.createBucket("published", { conditional: true, versioned: true });
  const credentials = { accessKeyId: "embedded", secretAccessKey: "embedded" };
  const client = { region: "us-east-1", credentials, requestHandler: cloud.requestHandler };
  const s3 = new S3Client(client);
  const sqs = new SQSClient(client);
  const evidence = s3Objects(s3, "evidence");
  const published = s3Objects(s3, "published");
  const telemetry = telemetryTo(join(options.workDir, "functions.log"));
  const signer = storeSigner(options.store);
  const now = () => new Date();
  const requests = cloud.createQueue("muster-requests", { visibilityTimeoutSeconds });
  const queues = new Map<string, { readonly url: string; readonly deadUrl: string; readonly queue: Queue }>();
  for (const cluster of options.clusters.keys()) {
    const deadUrl = cloud.createQueue(`muster-tasks-${cluster}-dead`, { visibilityTimeoutSeconds });
    const redrive = { deadLetterQueue: deadUrl, maxReceiveCount: options.mostReceives ?? 1 };
    const url = cloud.createQueue(`muster-tasks-${cluster}`, { visibilityTimeoutSeconds, redrive });
    queues.set(cluster, { url, deadUrl, queue: sqsQueue(sqs, url) });
  }
  const taskQueue = (cluster: string) => queues.get(cluster)?.queue;
  const connections = new Map<string, Promise<Connection>>();
  const connect = async (cluster: string) => {
    const open = options.clusters.get(cluster);
    if (open === undefined) throw new ScanError("cluster-unknown", `there is no cluster ${cluster}`);
    const connection = connections.get(cluster) ?? open();
    connections.set(cluster, connection);
    return connection;
  };
  const allowed = options.policy ?? strictPolicy;
  const policy = typeof allowed === "function" ? allowed : () => allowed;
  const auditor = warmAuditor({ workDir: options.workDir });
  const executor = {
    ...{ evidence, published, taskQueue, connect, now, ...telemetry },
    auditor: auditor.get,
    signer,
    material: materialFrom(published, trusting([signer]), join(options.workDir, "profiles")),
    images: async () => options.images,
    doctor: executorsDoctor({ connect, now }),
    attemptId: () => ulid(),
    onProgress: (task: ScanTask, progress: ProgressEvent) => options.onEvent?.({ kind: "control", task, progress }),
    mostReceives: options.mostReceives ?? 1,
  };
  const map = (queueUrl: string, handler: Handler, batchSize: number, maximumConcurrency: number) =>
    startEventSourceMapping({
      ...{
        sqs,
        queueUrl,
        queueArn: cloud.queueArn(queueUrl),
        handler,
        batchSize,
        maximumConcurrency,
        functionTimeoutMs,
      },
      ...{ reportBatchItemFailures: true, clock: realClock() },
      log: ({ event, ...about }) => telemetry.logger.warn(`event source mapping: ${event}`, { about }),
    });
  const dispatcher = dispatcherHandler({ evidence, published, taskQueue, policy, ...telemetry });
  const mappings = options.clusters.size === 0 ? [] : [await map(requests, dispatcher, 10, 2)];
  for (const { url, deadUrl, queue } of queues.values()) {
    mappings.push(
      await map(url, executorHandler({ ...executor, source: () => queue }), 1, options.maximumConcurrency ?? 4),
    );
    mappings.push(await map(deadUrl, deadLetterHandler({ evidence, now, ...telemetry }), 10, 2));
  }
  const forget = onScanEvents(cloud, evidence, (event) => options.onEvent?.(event));
  // Warm it while the request travels; its error is told to the first scan.
  if (options.clusters.size > 0) auditor.get().catch(() => undefined);
  return {
    requestHandler: cloud.requestHandler,
    requestQueueUrl: requests,
    evidence,
    published,
    register: (registration) => registerContent(published, signer, registration),
    evidenceFolder: join(options.store, "evidence"),
    async submit(body) {
      const sent = await sqs.send(new SendMessageCommand({ QueueUrl: requests, MessageBody: body }));
      return scanIdFor(body, sent.MessageId ?? "");
    },
    finished: (scanId, signal) => finished(cloud, evidence, scanId, signal),
    async stop() {
      forget();
      await Promise.all(mappings.map((mapping) => mapping.stop()));
      await cloud.notificationsSettled();
      await auditor.close();
      for (const connection of connections.values()) connection.then((each) => each.close()).catch(() => undefined);
      s3.destroy();
      sqs.destroy();
    },
  };
}

type Handler = Parameters<typeof startEventSourceMapping>[0]["handler"];

/** The dispatcher will come to the same id: both follow the contract. */
function scanIdFor(body: string, messageId: string): string {
  try {
    const requestId = ScanRequest.shape.requestId.safeParse(JSON.parse(body)?.requestId);
    return scanIdOf({ requestId: requestId.data }, messageId);
  } catch {
    return scanIdOf({}, messageId);
  }
}
