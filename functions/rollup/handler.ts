import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import middy from "@middy/core";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { ObjectCreated } from "#contract/events.ts";
import { countEvent } from "./count-event.ts";
import { type RollUpPorts, rollUp } from "./roll-up.ts";

export interface RollupPorts extends RollUpPorts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** Schedules whose completed scans are counted by name. */
  readonly schedules: ReadonlySet<string>;
}

/** The rollup as a Lambda handler for the queue of S3's own events: partial failures are told message by message. */
export function rollupHandler(ports: RollupPorts) {
  const processor = new BatchProcessor(EventType.SQS);
  async function one(record: SQSRecord): Promise<void> {
    const { detail } = ObjectCreated.parse(JSON.parse(record.body));
    const event = await rollUp(detail.object.key, ports);
    ports.metrics.addMetric("ObjectsRolledUp", MetricUnit.Count, 1);
    if (event !== undefined) countEvent(event, ports);
    ports.logger.info("rolled up", { key: detail.object.key, event: event?.detailType });
  }
  return middy<SQSEvent>()
    .use(injectLambdaContext(ports.logger))
    .use(logMetrics(ports.metrics))
    .handler((event, context) =>
      processPartialResponse(event, one, processor, { context, throwOnFullBatchFailure: false }),
    );
}
