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
  readonly environment?: Readonly<Record<string, string | undefined>>;
}

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
      await cluster.apply(
        JSON.stringify(manifest(start, environmentOf({ endpoint: endpoint.url, signingKey }, runtime.address, start))),
      );
      const log = () => readFileSync(logFile(cluster), "utf8").replaceAll(/^\S+ (stdout|stderr) [FP] /gm, "");
      let stopped: Promise<void> | undefined;
      const stop = () => {
        stopped ??= cluster
          .deletePod(namespace, name)
          .then(() => runtime.close())
          .then(() => mapping.stop());
        return stopped;
      };
      undo.push(stop);
      return { runtime, startedAtMs, log, stop };
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

interface Deployed {
  readonly endpoint: string;
  readonly signingKey: string;
}

function environmentOf(
  { endpoint, signingKey }: Deployed,
  runtimeApi: string,
  { environment }: Start,
): readonly object[] {
  const variables = {
    ...{ AWS_LAMBDA_RUNTIME_API: runtimeApi, _HANDLER: "functions/executor/lambda.handler" },
    ...{ AWS_LAMBDA_FUNCTION_NAME: `${deployment}-executor`, AWS_LAMBDA_FUNCTION_MEMORY_SIZE: "2048" },
    ...{ AWS_LAMBDA_FUNCTION_VERSION: "$LATEST", AWS_LAMBDA_LOG_GROUP_NAME: "log", AWS_LAMBDA_LOG_STREAM_NAME: "log" },
    ...{ AWS_REGION: "us-east-1", AWS_ACCESS_KEY_ID: "test", AWS_SECRET_ACCESS_KEY: "a-secret-of-the-function" },
    ...{ AWS_ENDPOINT_URL: endpoint, QUEUE_URL_BASE: `${endpoint}/000000000000`, DEPLOYMENT: deployment },
    ...{ EVIDENCE_BUCKET: "evidence", PUBLISHED_BUCKET: "published", MOST_RECEIVES: "8" },
    SIGNING_KEY: signingKey,
    ...environment,
  };
  return Object.entries(variables).flatMap(([key, value]) => (value === undefined ? [] : [{ name: key, value }]));
}

function manifest({ image, uid, tmpSize = "512Mi" }: Start, env: readonly object[]) {
  return {
    ...{ apiVersion: "v1", kind: "Pod", metadata: { name, namespace } },
    spec: {
      ...{ restartPolicy: "Never", terminationGracePeriodSeconds: 0 },
      securityContext: { runAsNonRoot: true, ...(uid !== undefined && { runAsUser: uid, runAsGroup: uid }) },
      containers: [
        {
          ...{ name, image, env, resources: { limits: { memory: "2Gi" } } },
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
