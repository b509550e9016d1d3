import type { Duration } from "aws-cdk-lib";
import { Construct } from "constructs";
import { deadQueueName, taskQueueName } from "#contract/deployment.ts";
import type { Cluster } from "../context/cluster.ts";
import { deadLetterTimeout, mostTaskReceives } from "../derived.ts";
import { ClusterRecord } from "./cluster-record.ts";
import type { Deployment } from "./deployment.ts";
import { QueuePair } from "./queue-pair.ts";

export interface ClusterTasksProps {
  readonly deployment: Deployment;
  readonly cluster: Cluster;
  readonly executorTimeout: Duration;
}

/** A task queue with its dead letters, and who takes its tasks. */
export interface TaskQueue extends Pick<QueuePair, "queue" | "dead"> {
  /** The cluster's id; `<id>_work` is the queue of the profiles that are its worker's. */
  readonly name: string;
  readonly takenBy: "function" | "worker";
}

/** What one cluster has of its own: task queues with dead-letter queues, so that it delays nobody else, and its record. */
export class ClusterTasks extends Construct {
  readonly cluster: Cluster;
  readonly queues: readonly TaskQueue[];
  readonly record: ClusterRecord;

  constructor(scope: Construct, id: string, { deployment, cluster, executorTimeout }: ClusterTasksProps) {
    super(scope, id);
    this.cluster = cluster;
    const pair = (within: string, scanBy?: "worker") =>
      new QueuePair(this, within, {
        name: taskQueueName(deployment.name, cluster.id, scanBy),
        deadName: deadQueueName(deployment.name, cluster.id, scanBy),
        consumerTimeout: executorTimeout,
        deadConsumerTimeout: deadLetterTimeout,
        maxReceiveCount: mostTaskReceives,
      });
    const { queue, dead } = pair("Tasks");
    this.queues = [{ queue, dead, name: cluster.id, takenBy: cluster.scanBy }];
    if (cluster.workerProfiles.length > 0) {
      const { queue, dead } = pair("Work", "worker");
      this.queues = [...this.queues, { queue, dead, name: `${cluster.id}_work`, takenBy: "worker" }];
    }
    this.record = new ClusterRecord(this, "Record", { deployment: deployment.name, cluster, key: deployment.dataKey });
  }
}
