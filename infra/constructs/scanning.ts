import type { IKey } from "aws-cdk-lib/aws-kms";
import { books } from "./dead-letter.ts";
import type { Deployment } from "./deployment.ts";
import {
  consume,
  createObjects,
  listBuckets,
  type Permission,
  readObjects,
  replaceObjects,
  useKey,
} from "./permission.ts";

/**
 * What scanning needs of buckets and keys: it reads by key, creates under its own prefixes, overwrites hints alone, and
 * deletes nothing.
 */
export function scanning({ evidence, published, dataKey }: Deployment, signingKey: IKey): readonly Permission[] {
  return [
    readObjects(evidence, "runs/v1/*"),
    createObjects(evidence, "scans/v1/*", ...books),
    readObjects(published, "config/v1/*", "hints/v1/*", "requests/v1/*"),
    replaceObjects(published, "hints/v1/*"),
    listBuckets(evidence, published),
    useKey(dataKey),
    { actions: ["kms:Sign", "kms:GetPublicKey"], resources: [signingKey.keyArn] },
  ];
}

/** ARNs of the queues that tasks are taken from and sent to, and of the secrets that lead to their clusters. */
export interface OfClusters {
  readonly taskQueues: readonly string[];
  readonly secrets: readonly string[];
}

/** ARNs of secrets have up to 140 characters, and a policy holds 6,144. */
const secretsAPolicy = 40;

/** What it needs of clusters, by a name for each policy. */
export function forClusters({ taskQueues, secrets }: OfClusters): Readonly<Record<string, readonly Permission[]>> {
  const { actions } = consume();
  const tasks = { actions: [...actions, "sqs:ChangeMessageVisibility", "sqs:SendMessage"], resources: taskQueues };
  const records = Array.from({ length: Math.ceil(secrets.length / secretsAPolicy) }, (_, index) => {
    const some = secrets.slice(index * secretsAPolicy, (index + 1) * secretsAPolicy);
    return [`Records${index || ""}`, [{ actions: ["secretsmanager:GetSecretValue"], resources: some }]] as const;
  });
  return { Tasks: [tasks], ...Object.fromEntries(records) };
}
