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

/** What one cluster has of its own: a task queue with its dead-letter queue, so that it delays nobody else, and its record. */
export class ClusterTasks extends Construct {
  readonly cluster: Cluster;
  readonly tasks: QueuePair;
  readonly record: ClusterRecord;

  constructor(scope: Construct, id: string, { deployment, cluster, executorTimeout }: ClusterTasksProps) {
    super(scope, id);
    this.cluster = cluster;
    this.tasks = new QueuePair(this, "Tasks", {
      name: taskQueueName(deployment.name, cluster.id),
      deadName: deadQueueName(deployment.name, cluster.id),
      consumerTimeout: executorTimeout,
      deadConsumerTimeout: deadLetterTimeout,
      maxReceiveCount: mostTaskReceives,
    });
    this.record = new ClusterRecord(this, "Record", { deployment: deployment.name, cluster, key: deployment.dataKey });
  }
}
