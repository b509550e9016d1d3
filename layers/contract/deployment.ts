import * as z from "zod";
import { RegisteredName } from "./names.ts";
import { ClusterPolicy } from "./policy.ts";

/**
 * Names of one deployment, derived from its environment and its cluster ids, so that the stack that makes a thing and the
 * function that uses it need not tell each other. SQS allows 80 characters: an environment has 12 at most, a cluster 48.
 */
export const deploymentName = (environment: string) => `muster-${environment}`;
export const requestQueueName = (deployment: string) => `${deployment}-requests`;
export const eventQueueName = (deployment: string) => `${deployment}-events`;
/** Outcomes whose reports go to a Heimdall server, and the secret with its API key. */
export const heimdallQueueName = (deployment: string) => `${deployment}-heimdall`;
export const heimdallKeyName = (deployment: string) => `${deployment}/heimdall`;
/** `worker`: the queue of the profiles whose scans no function takes. No cluster id has a `_`, so neither is another's. */
export const taskQueueName = (deployment: string, cluster: string, scanBy?: "worker") =>
  `${deployment}-tasks-${cluster}${scanBy === "worker" ? "_work" : ""}`;
/** Not `…-tasks-<cluster>-dead`: a permission on `…-tasks-*` must not reach the dead-letter queues. */
export const deadQueueName = (deployment: string, cluster: string, scanBy?: "worker") =>
  `${deployment}-dead-${cluster}${scanBy === "worker" ? "_work" : ""}`;
/** The Secrets Manager record with a cluster's server and credentials. */
export const clusterRecordName = (deployment: string, cluster: string) => `${deployment}/clusters/${cluster}`;

/** Bucket names are the world's: account and region tell ours from others'. S3 allows 63 characters. */
export const bucketName = (deployment: string, holds: "evidence" | "published", account: string, region: string) =>
  `${deployment}-${holds}-${account}-${region}`;

/** What a scheduled request says in `requestedBy`, so that a schedule that stays away is noticed. */
export const scheduleRequester = (schedule: string) => `schedule/${schedule}`;

/** The registry that lies in a function's bundle as `registry.json`: which clusters and schedules there are, what is allowed in a cluster, and what a worker scans there. */
export const Registry = z.strictObject({
  schemaVersion: z.literal(1),
  clusters: z.array(
    z.strictObject({ id: RegisteredName, policy: ClusterPolicy, workerProfiles: z.array(RegisteredName).default([]) }),
  ),
  schedules: z.array(RegisteredName),
});
export type Registry = z.infer<typeof Registry>;
