import { readFileSync } from "node:fs";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { kmsSigner } from "#aws/kms.ts";
import { s3Objects } from "#aws/objects.ts";
import { sqsQueue } from "#aws/queue.ts";
import { profileFrom } from "#cli/profile-source.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { clusterRecordName, taskQueueName } from "#contract/deployment.ts";
import type { Outcome } from "#contract/outcome.ts";
import type { ScanTask } from "#contract/task.ts";
import { realClock } from "#embedded/aws/clock.ts";
import { embeddedCloud } from "#embedded/aws/cloud.ts";
import { type RuntimeApi, startRuntimeApi } from "#embedded/aws/lambda/runtime-api.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { startEventSourceMapping } from "#embedded/event-source-mapping.ts";
import { readOutcomes } from "#ledger/outcomes.ts";
import { registerContent } from "#ledger/registry.ts";
import { awsEndpoint } from "./aws-endpoint.ts";

const deployment = "muster-image";
/** The id that the embedded cluster has in the deployment. */
export const clusterId = "demo";
const name = "executor";
const namespace = "muster";
const functionTimeoutMs = 300_000;
const patienceMs = 150_000;

/** How the image is run. */
export interface Start {
  readonly image: string;
  /** Default: the image's own. */
  readonly uid?: number;
  /** Of /tmp. Default 512Mi, as little as Lambda gives. */
  readonly tmpSize?: string;
  /** Changes to its environment; undefined takes a variable away. */
  readonly environment?: Variables;
  /** In place of the image's own entry point. */
  readonly command?: readonly string[];
}

type Variables = Readonly<Record<string, string | undefined>>;

/** The embedded AWS over HTTP with all that a deployment of one cluster has, and the executor image in that cluster. */
export async function imageDeployment(cluster: EmbeddedCluster) {
  const cloud = embeddedCloud();
  await cloud.createBucket("evidence", { createOnly: true, versioned: true });
  await cloud.createBucket("published", { versioned: true });
  const endpoint = await awsEndpoint(cloud);
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = { region: "us-east-1", credentials, requestHandler: cloud.requestHandler };
  const [s3, sqs, kms] = [new S3Client(client), new SQSClient(client), new KMSClient(client)];
  const signingKey = cloud.createSigningKey();
  const signer = kmsSigner(signingKey, kms);
  const published = s3Objects(s3, "published");
  const evidence = s3Objects(s3, "evidence");
  const queueUrl = cloud.createQueue(taskQueueName(deployment, clusterId), { visibilityTimeoutSeconds: 1800 });
  const server = ownKubeconfig(cluster.kubeconfig, "muster").getCurrentCluster();
  const token = cluster.token("muster", "scanner");
  const record = { schemaVersion: 1, kind: "token", server: cluster.server, caData: server?.caData, token };
  cloud.putSecret(clusterRecordName(deployment, clusterId), JSON.stringify(record));
  const undo: (() => Promise<unknown> | undefined)[] = [() => endpoint.close()];
  const log = () => readFileSync(logFile(cluster), "utf8").replaceAll(/^\S+ (stdout|stderr) [FP] /gm, "");
  const run = async (start: Start, variables: Variables) => {
    const all = { ...ofDeployment(endpoint.url, signingKey), ...variables, ...start.environment };
    await cluster.apply(JSON.stringify(manifest(start, all)));
    return once(() => cluster.deletePod(namespace, name));
  };

  return {
    ...{ published, evidence, taskQueue: sqsQueue(sqs, queueUrl) },
    /** What the cluster's record and the executor's environment hold that no profile is to see. */
    canaries: [token, "a-secret-of-the-function"],
    register: async (profile: string) => {
      return registerContent(published, signer, await profileFrom(profile));
    },
    /** The first outcome of a scan, however busy the machine is. */
    async outcomeOf(scanId: string): Promise<Outcome> {
      const { promise, resolve, reject } = Promise.withResolvers<Outcome>();
      const look = async () => (await readOutcomes(evidence, scanId)).slice(0, 1).forEach(resolve);
      const forget = cloud.onObjectCreated("evidence", look);
      const timer = setTimeout(() => reject(new Error(`${scanId}: no outcome in ${patienceMs} ms`)), patienceMs);
      await look();
      return promise.finally(() => {
        forget();
        clearTimeout(timer);
      });
    },
    send: (task: ScanTask) =>
      sqs.send(new SendMessageCommand({ QueueUrl: queueUrl, MessageBody: JSON.stringify(task) })),
    /** Starts the image as Lambda would: read-only, without rights, 2 GiB. It gets what is on the task queue. */
    async start(start: Start): Promise<RunningImage> {
      const runtime = await startRuntimeApi();
      const mapping = await startEventSourceMapping({
        ...{ sqs, queueUrl, queueArn: cloud.queueArn(queueUrl), functionTimeoutMs, clock: realClock() },
        ...{
          batchSize: 1,
          maximumConcurrency: 2,
          reportBatchItemFailures: true,
          functionName: `${deployment}-executor`,
        },
        handler: (event, context) =>
          runtime.invoke(event, {
            ...{ requestId: context.awsRequestId, functionArn: context.invokedFunctionArn },
            deadlineMs: Date.now() + context.getRemainingTimeInMillis(),
          }),
        log: () => undefined,
      });
      const startedAtMs = Date.now();
      const end = await run(start, ofLambda(runtime.address));
      const stop = once(async () => {
        await end();
        await runtime.close();
        await mapping.stop();
      });
      undo.push(stop);
      return { runtime, startedAtMs, log, stop };
    },
    /** Starts the image as a host would that has scans longer than Lambda's: it takes tasks off the queue itself. */
    async startWorker(start: Start): Promise<Pick<RunningImage, "log" | "stop">> {
      const command = ["/usr/local/bin/node", "functions/executor/off-lambda.mjs"];
      const stop = await run({ ...start, command }, { TASK_QUEUE_URL: `${endpoint.url}${new URL(queueUrl).pathname}` });
      undo.push(stop);
      return { log, stop };
    },
    async close() {
      for (const step of undo.reverse()) await step();
      s3.destroy();
      sqs.destroy();
      kms.destroy();
    },
  };
}

export type ImageDeployment = Awaited<ReturnType<typeof imageDeployment>>;

export interface RunningImage {
  readonly runtime: RuntimeApi;
  /** When its container was ordered, by the machine's clock. */
  readonly startedAtMs: number;
  /** What it has written to stdout and stderr. */
  log(): string;
  stop(): Promise<void>;
}

function ofDeployment(endpoint: string, signingKey: string): Variables {
  return {
    ...{ AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "a-secret-of-the-function" },
    ...{ AWS_ENDPOINT_URL: endpoint, QUEUE_URL_BASE: `${endpoint}/000000000000`, DEPLOYMENT: deployment },
    ...{ EVIDENCE_BUCKET: "evidence", PUBLISHED_BUCKET: "published", MOST_RECEIVES: "8", SIGNING_KEY: signingKey },
  };
}

function ofLambda(runtimeApi: string): Variables {
  return {
    ...{ AWS_LAMBDA_RUNTIME_API: runtimeApi, _HANDLER: "functions/executor/lambda.handler" },
    ...{ AWS_LAMBDA_FUNCTION_NAME: `${deployment}-executor`, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "2048" },
    ...{ AWS_LAMBDA_FUNCTION_VERSION: "$LATEST", AWS_LAMBDA_LOG_GROUP_NAME: "log", AWS_LAMBDA_LOG_STREAM_NAME: "log" },
  };
}

function once(act: () => Promise<void>): () => Promise<void> {
  let acted: Promise<void> | undefined;
  return () => (acted ??= act());
}

function manifest({ image, uid, tmpSize = "512Mi", command }: Start, variables: Variables) {
  const env = Object.entries(variables).flatMap(([key, value]) => (value === undefined ? [] : [{ name: key, value }]));
  return {
    ...{ apiVersion: "v1", kind: "Pod", metadata: { name, namespace } },
    spec: {
      ...{ restartPolicy: "Never", terminationGracePeriodSeconds: 0 },
      securityContext: { runAsNonRoot: true, ...(uid !== undefined && { runAsUser: uid, runAsGroup: uid }) },
      containers: [
        {
          ...{ name, image, env, ...(command && { command }), resources: { limits: { memory: "2Gi" } } },
          securityContext: {
            ...{ readOnlyRootFilesystem: true, allowPrivilegeEscalation: false, capabilities: { drop: ["ALL"] } },
            seccompProfile: { type: "RuntimeDefault" },
          },
          volumeMounts: [{ name: "tmp", mountPath: "/tmp" }],
        },
      ],
      volumes: [{ name: "tmp", emptyDir: { medium: "Memory", sizeLimit: tmpSize } }],
    },
  };
}

/** Where the node keeps the container's output, each line with its time and stream. */
function logFile(cluster: EmbeddedCluster): string {
  const uid = cluster.pod(namespace, name)?.metadata.uid ?? "";
  return `${cluster.baseDir}/pods/${uid}/logs/${name}.0.log`;
}
