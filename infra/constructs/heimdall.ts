import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import { CfnSecret } from "aws-cdk-lib/aws-secretsmanager";
import { Construct } from "constructs";
import { heimdallKeyName, heimdallQueueName } from "#contract/deployment.ts";
import type { HeimdallContext } from "../context/heimdall.ts";
import { heimdallTimeout, mostReceives } from "../derived.ts";
import { acknowledge } from "./acknowledge.ts";
import { sendBookEvents } from "./book-events.ts";
import type { Deployment } from "./deployment.ts";
import { consume, listBuckets, readObjects, useKey } from "./permission.ts";
import { QueueFeed } from "./queue-feed.ts";
import { QueuePair } from "./queue-pair.ts";
import { ZipFunction } from "./zip-function.ts";

export interface HeimdallProps {
  readonly deployment: Deployment;
  readonly settings: HeimdallContext;
}

/**
 * Hands every report to a Heimdall server: outcome → S3's event → queue → function → `POST /evaluations`. Nothing else knows
 * of it; a server that is down fills a queue and then a dead-letter queue, and no scan.
 */
export class Heimdall extends Construct {
  readonly events: QueuePair;
  readonly function: LambdaFunction;

  constructor(scope: Construct, id: string, { deployment, settings }: HeimdallProps) {
    super(scope, id);
    const { evidence, dataKey } = deployment;
    const name = heimdallQueueName(deployment.name);
    this.events = new QueuePair(this, "Events", {
      ...{ name, deadName: `${name}-dead`, consumerTimeout: heimdallTimeout, maxReceiveCount: mostReceives },
    });
    const key = new CfnSecret(this, "Key", {
      name: heimdallKeyName(deployment.name),
      description: "muster: API key for the Heimdall server, as plain text",
      kmsKeyId: dataKey.keyArn,
    });
    const why = "Heimdall gives out its API keys, and whoever has one puts it in; a new one counts at once.";
    acknowledge(key, { "AwsSolutions-SMG4": why, "NIST.800.53.R5-SecretsManagerRotationEnabled": why });
    this.function = new ZipFunction(this, "Pusher", {
      deployment,
      name: "heimdall",
      description: "muster: hands reports to a Heimdall server",
      timeout: heimdallTimeout,
      memoryMiB: 512,
      own: {
        ...{ HEIMDALL_URL: settings.url, HEIMDALL_KEY: heimdallKeyName(deployment.name) },
        ...{ HEIMDALL_PUBLIC: String(settings.public), HEIMDALL_TAGS: settings.tags.join(",") },
      },
      permissions: [
        consume(this.events.queue.queueArn),
        readObjects(evidence, "runs/v1/*", "scans/v1/*"),
        listBuckets(evidence),
        useKey(dataKey),
        { actions: ["secretsmanager:GetSecretValue"], resources: [key.ref] },
      ],
    }).function;
    new QueueFeed(this, "Feed", {
      ...{ queue: this.events.queue, target: this.function, batchSize: 1, maxConcurrency: settings.uploadsAtOnce },
    });
    sendBookEvents(this, {
      ...{ bucket: evidence.name, queue: this.events.queue, told: ["outcomes/*"] },
      description: "muster: outcomes, whose reports go to Heimdall",
    });
  }
}
