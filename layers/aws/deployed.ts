import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { taskQueueName } from "#contract/deployment.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { clientSettings } from "./client-settings.ts";
import type { Environment } from "./environment.ts";
import { type Inbox, sqsInbox } from "./inbox.ts";
import { s3Objects } from "./objects.ts";
import { type Queue, sqsQueue } from "./queue.ts";

/** Buckets and queues of the deployment that a function belongs to, behind real clients. */
export interface Deployed {
  readonly evidence: ObjectStore;
  readonly published: ObjectStore;
  /** The task queue of a cluster, whether or not there is such a cluster: its URL follows from its name. */
  readonly taskQueue: (cluster: string, scanBy?: "worker") => Queue;
  /** A queue with its receiving end, for who polls it himself. */
  readonly inboxAt: (queueUrl: string) => Queue & Inbox;
  /** The queue behind an event source ARN, `arn:aws:sqs:<region>:<account>:<name>`. */
  readonly queueOf: (arn: string) => Queue;
  /** The credentials of this process, which its clients use too. */
  readonly credentials: () => Promise<{ readonly accessKeyId: string; readonly secretAccessKey: string }>;
}

/** Connects to what the stack named in the function's environment. Nothing is sent yet. */
export function deployed(environment: Environment): Deployed {
  const s3 = new S3Client(clientSettings);
  const sqs = new SQSClient(clientSettings);
  const queues = new Map<string, Queue>();
  const urlOf = (name: string) => `${environment.QUEUE_URL_BASE}/${name}`;
  const queue = (name: string) => {
    const known = queues.get(name) ?? sqsQueue(sqs, urlOf(name));
    queues.set(name, known);
    return known;
  };
  return {
    evidence: s3Objects(s3, environment.EVIDENCE_BUCKET),
    published: s3Objects(s3, environment.PUBLISHED_BUCKET),
    taskQueue: (cluster, scanBy) => queue(taskQueueName(environment.DEPLOYMENT, cluster, scanBy)),
    inboxAt: (url) => ({ ...sqsQueue(sqs, url), ...sqsInbox(sqs, url) }),
    credentials: () => sqs.config.credentials(),
    queueOf: (arn) => queue(arn.slice(arn.lastIndexOf(":") + 1)),
  };
}
