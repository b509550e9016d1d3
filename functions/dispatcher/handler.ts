import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import middy from "@middy/core";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { type DispatchPorts, dispatch } from "./dispatch.ts";

export interface DispatcherPorts extends DispatchPorts {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The dispatcher as a Lambda handler for the request queue: partial failures are told message by message. */
export function dispatcherHandler(ports: DispatcherPorts) {
  const processor = new BatchProcessor(EventType.SQS);
  async function one(record: SQSRecord): Promise<void> {
    const sentAt = new Date(Number(record.attributes.SentTimestamp));
    const { scanId, outcome, faults } = await dispatch({ id: record.messageId, body: record.body, sentAt }, ports);
    ports.metrics.addMetric(outcome === "planned" ? "RequestsPlanned" : "RequestsRejected", MetricUnit.Count, 1);
    ports.logger.info(`request ${outcome}`, { scanId, messageId: record.messageId, faults });
  }
  return middy<SQSEvent>()
    .use(injectLambdaContext(ports.logger))
    .use(logMetrics(ports.metrics))
    .handler((event, context) =>
      processPartialResponse(event, one, processor, { context, throwOnFullBatchFailure: false }),
    );
}
