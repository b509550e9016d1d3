import { type Duration, RemovalPolicy, Stack } from "aws-cdk-lib";
import { Queue, QueueEncryption, RedrivePermission } from "aws-cdk-lib/aws-sqs";
import { Construct } from "constructs";
import { deadRetention, taskRetention, visibilityOf } from "../derived.ts";

export interface QueuePairProps {
  readonly name: string;
  readonly deadName: string;
  /** Timeout of the function that consumes the queue: the visibility timeout follows from it. */
  readonly consumerTimeout: Duration;
  /** The same for the dead-letter queue. Default: nobody consumes it. */
  readonly deadConsumerTimeout?: Duration;
  readonly maxReceiveCount: number;
}

/**
 * A queue and its dead-letter queue, both encrypted by SQS itself: EventBridge, Scheduler and senders of other accounts then
 * need no permission on a key, and a message holds names only. Plain HTTP is refused.
 */
export class QueuePair extends Construct {
  readonly queue: Queue;
  readonly dead: Queue;

  constructor(scope: Construct, id: string, props: QueuePairProps) {
    super(scope, id);
    const common = { encryption: QueueEncryption.SQS_MANAGED, enforceSSL: true, removalPolicy: RemovalPolicy.DESTROY };
    const sourceArn = Stack.of(this).formatArn({ service: "sqs", resource: props.name });
    const source = Queue.fromQueueArn(this, "Source", sourceArn); // by its name: each of the two names the other
    this.dead = new Queue(this, "Dead", {
      ...common,
      queueName: props.deadName,
      retentionPeriod: deadRetention,
      ...(props.deadConsumerTimeout && { visibilityTimeout: visibilityOf(props.deadConsumerTimeout) }),
      redriveAllowPolicy: { redrivePermission: RedrivePermission.BY_QUEUE, sourceQueues: [source] },
    });
    this.queue = new Queue(this, "Queue", {
      ...common,
      queueName: props.name,
      retentionPeriod: taskRetention,
      visibilityTimeout: visibilityOf(props.consumerTimeout),
      deadLetterQueue: { queue: this.dead, maxReceiveCount: props.maxReceiveCount },
    });
  }
}
