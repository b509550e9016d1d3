import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import middy from "@middy/core";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { type BuryPorts, bury } from "./bury.ts";

export interface DeadLetterPorts extends BuryPorts {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The dead-letter function as a Lambda handler for the task queues' dead-letter queues. */
export function deadLetterHandler(ports: DeadLetterPorts) {
  const processor = new BatchProcessor(EventType.SQS);
  async function one(record: SQSRecord): Promise<void> {
    const receives = Number(record.attributes.ApproximateReceiveCount);
    const { messageId: id, body, eventSourceARN: queue } = record;
    const task = await bury({ id, body, receives, queue }, ports);
    ports.metrics.addMetric("TasksBuried", MetricUnit.Count, 1);
    ports.logger.error("task buried", { scanId: task?.scanId, taskId: task?.taskId, messageId: id });
  }
  return middy<SQSEvent>()
    .use(injectLambdaContext(ports.logger))
    .use(logMetrics(ports.metrics))
    .handler((event, context) =>
      processPartialResponse(event, one, processor, { context, throwOnFullBatchFailure: false }),
    );
}
