import { Stack } from "aws-cdk-lib";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { Construct } from "constructs";
import { deadQueueName } from "#contract/deployment.ts";
import { deadLetterTimeout } from "../derived.ts";
import type { Deployment } from "./deployment.ts";
import { consume, createObjects, listBuckets, queueNames, readObjects, useKey } from "./permission.ts";
import { ZipFunction } from "./zip-function.ts";

/** What a finisher writes in a scan's books: its outcome, and what follows when it was the last. */
export const books = [
  "runs/v1/*/expected/*.json",
  "runs/v1/*/outcomes/*.json",
  "runs/v1/*/shards/*.json",
  "runs/v1/*/complete.json",
  "runs/v1/*/tries/*",
];

export interface DeadLetterProps {
  readonly deployment: Deployment;
}

/** The function behind the clusters' dead-letter queues, one for all of them. */
export class DeadLetter extends Construct {
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, { deployment }: DeadLetterProps) {
    super(scope, id);
    const { evidence, dataKey } = deployment;
    const queues = Stack.of(this).formatArn({ service: "sqs", resource: deadQueueName(deployment.name, "*") });
    this.function = new ZipFunction(this, "DeadLetter", {
      deployment,
      name: "dead-letter",
      description: "muster: a task that kept failing gets its outcome, and its message is kept",
      timeout: deadLetterTimeout,
      memoryMiB: 512,
      permissions: [
        { ...consume(queues), because: queueNames },
        readObjects(evidence, "runs/v1/*"),
        createObjects(evidence, ...books, "buried/v1/*.json"),
        listBuckets(evidence),
        useKey(dataKey),
      ],
    }).function;
  }
}
