import { Stack } from "aws-cdk-lib";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { type Registry, requestQueueName, taskQueueName } from "#contract/deployment.ts";
import { dispatcherTimeout, mostReceives, pollersOfFewMessages } from "../derived.ts";
import type { Deployment } from "./deployment.ts";
import { consume, createObjects, listBuckets, queueNames, readObjects, useKey } from "./permission.ts";
import { QueueFeed } from "./queue-feed.ts";
import { QueuePair } from "./queue-pair.ts";
import { ZipFunction } from "./zip-function.ts";

export interface DispatcherProps {
  readonly deployment: Deployment;
  readonly registry: Registry;
}

/** The request queue and the function that turns requests into tasks. It has no way to any cluster. */
export class Dispatcher extends Construct {
  readonly requests: QueuePair;
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, { deployment, registry }: DispatcherProps) {
    super(scope, id);
    const name = requestQueueName(deployment.name);
    this.requests = new QueuePair(this, "Requests", {
      ...{ name, deadName: `${name}-dead`, consumerTimeout: dispatcherTimeout, maxReceiveCount: mostReceives },
    });
    const { evidence, published, dataKey } = deployment;
    const tasks = Stack.of(this).formatArn({ service: "sqs", resource: taskQueueName(deployment.name, "*") });
    this.function = new ZipFunction(this, "Dispatcher", {
      deployment,
      name: "dispatcher",
      description: "muster: a scan request becomes a plan and one expand task a target entry",
      timeout: dispatcherTimeout,
      memoryMiB: 512,
      beside: { "registry.json": registry },
      permissions: [
        consume(this.requests.queue.queueArn),
        { actions: ["sqs:SendMessage"], resources: [tasks], because: queueNames },
        readObjects(evidence, "runs/v1/*/plan.json", "runs/v1/*/rejected.json"),
        createObjects(evidence, "runs/v1/*/plan.json", "runs/v1/*/rejected.json"),
        readObjects(published, "config/v1/*"),
        listBuckets(evidence, published),
        useKey(dataKey),
      ],
    }).function;
    new QueueFeed(this, "Feed", {
      queue: this.requests.queue,
      target: this.function,
      batchSize: 10,
      maxConcurrency: pollersOfFewMessages,
    });
  }
}
