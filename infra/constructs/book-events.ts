import { CfnRule } from "aws-cdk-lib/aws-events";
import { PolicyStatement, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Queue } from "aws-cdk-lib/aws-sqs";
import type { Construct } from "constructs";

export interface BookEventsProps {
  /** Name of the evidence bucket. */
  readonly bucket: string;
  readonly queue: Queue;
  /** What is told of, below the folder of a scan: `complete.json`, `outcomes/*`. */
  readonly told: readonly string[];
  readonly description: string;
}

/** S3's own events of the books of scans, from the bus into a queue. */
export function sendBookEvents(scope: Construct, { bucket, queue, told, description }: BookEventsProps): void {
  const rule = new CfnRule(scope, "Rule", {
    description,
    eventPattern: {
      source: ["aws.s3"],
      "detail-type": ["Object Created"],
      detail: { bucket: { name: [bucket] }, object: { key: told.map((name) => ({ wildcard: `runs/v1/*/${name}` })) } },
    },
    targets: [{ id: "queue", arn: queue.queueArn }],
  });
  queue.addToResourcePolicy(
    new PolicyStatement({
      principals: [new ServicePrincipal("events.amazonaws.com")],
      actions: ["sqs:SendMessage"],
      resources: [queue.queueArn],
      conditions: { ArnEquals: { "aws:SourceArn": rule.attrArn } },
    }),
  );
}
