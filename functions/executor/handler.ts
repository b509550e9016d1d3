import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import middy from "@middy/core";
import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import type { Queue } from "#aws/queue.ts";
import { type TakePorts, takeTask } from "./take.ts";

export interface ExecutorPorts extends TakePorts {
  /** The queue that a task came from, by its ARN: one function serves all clusters of a network. */
  readonly source: (queueArn: string) => Queue;
}

/** The executor as a Lambda handler for task queues, one task an invocation. */
export function executorHandler(ports: ExecutorPorts) {
  const processor = new BatchProcessor(EventType.SQS);
  function one({ body, attributes, receiptHandle, eventSourceARN }: SQSRecord, context: Context): Promise<void> {
    const leftMs = context.getRemainingTimeInMillis();
    const receive = Number(attributes.ApproximateReceiveCount);
    const hide = (seconds: number) => ports.source(eventSourceARN).hide(receiptHandle, seconds);
    return takeTask({ body, receive, leftMs, hide, hidden: hide(leftMs / 1000 + 60) }, ports);
  }
  return middy<SQSEvent>()
    .use(injectLambdaContext(ports.logger, { resetKeys: true }))
    .use(logMetrics(ports.metrics))
    .handler((event, context) =>
      processPartialResponse(event, (record: SQSRecord) => one(record, context), processor, {
        context,
        throwOnFullBatchFailure: false,
      }),
    );
}
