import { Stack } from "aws-cdk-lib";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { eventQueueName, type Registry } from "#contract/deployment.ts";
import { mostReceives, pollersOfFewMessages, rollupTimeout } from "../derived.ts";
import { sendBookEvents } from "./book-events.ts";
import type { Deployment } from "./deployment.ts";
import { consume, listBuckets, readObjects, replaceObjects, useKey } from "./permission.ts";
import { QueueFeed } from "./queue-feed.ts";
import { QueuePair } from "./queue-pair.ts";
import { ZipFunction } from "./zip-function.ts";

export interface RollupProps {
  readonly deployment: Deployment;
  readonly registry: Registry;
  /** Whether each finished task is told too. */
  readonly taskEvents: boolean;
}

/** S3's own events of the books of scans, a queue for them, and the function that tells the world. */
export class Rollup extends Construct {
  readonly events: QueuePair;
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, { deployment, registry, taskEvents }: RollupProps) {
    super(scope, id);
    const { evidence, published, dataKey } = deployment;
    const name = eventQueueName(deployment.name);
    this.events = new QueuePair(this, "Events", {
      ...{ name, deadName: `${name}-dead`, consumerTimeout: rollupTimeout, maxReceiveCount: mostReceives },
    });
    this.function = new ZipFunction(this, "Rollup", {
      deployment,
      name: "rollup",
      description: "muster: latest/, index/ and events out of what was written to the evidence bucket",
      timeout: rollupTimeout,
      memoryMiB: 1_024,
      beside: { "registry.json": registry },
      permissions: [
        consume(this.events.queue.queueArn),
        readObjects(evidence, "runs/v1/*"),
        readObjects(published, "latest/v1/*", "index/v1/*"),
        replaceObjects(published, "latest/v1/*", "index/v1/*"),
        listBuckets(evidence, published),
        useKey(dataKey),
        { actions: ["events:PutEvents"], resources: [this.#defaultBus()] },
      ],
    }).function;
    new QueueFeed(this, "Feed", {
      ...{ queue: this.events.queue, target: this.function, batchSize: 10, maxConcurrency: pollersOfFewMessages },
    });
    sendBookEvents(this, {
      ...{ bucket: evidence.name, queue: this.events.queue },
      told: ["plan.json", "rejected.json", "complete.json", ...(taskEvents ? ["outcomes/*"] : [])],
      description: "muster: what was written into the books of scans",
    });
  }

  #defaultBus(): string {
    return Stack.of(this).formatArn({ service: "events", resource: "event-bus", resourceName: "default" });
  }
}
