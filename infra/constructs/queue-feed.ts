import { EventSourceMapping, type IFunction } from "aws-cdk-lib/aws-lambda";
import type { IQueue } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";

export interface QueueFeedProps {
  readonly queue: IQueue;
  readonly target: IFunction;
  /** Messages an invocation, 1–10. */
  readonly batchSize: number;
  /** Invocations at once, 2–1,000. */
  readonly maxConcurrency: number;
}

/** Feeds a queue to a function; failures are told message by message. The function's role is granted nothing here. */
export class QueueFeed extends Construct {
  constructor(scope: Construct, id: string, { queue, target, batchSize, maxConcurrency }: QueueFeedProps) {
    super(scope, id);
    new EventSourceMapping(this, "Mapping", {
      ...{ target, eventSourceArn: queue.queueArn, batchSize, maxConcurrency, reportBatchItemFailures: true },
    });
  }
}
