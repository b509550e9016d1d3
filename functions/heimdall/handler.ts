import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import middy from "@middy/core";
import type { SQSEvent, SQSRecord } from "aws-lambda";
import { ObjectCreated } from "#contract/events.ts";
import { type PushPorts, push } from "./push.ts";

export interface HeimdallPorts extends PushPorts {
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** The pusher as a Lambda handler for a queue of S3's own events: what Heimdall did not take comes back. */
export function heimdallHandler(ports: HeimdallPorts) {
  const processor = new BatchProcessor(EventType.SQS);
  async function one(record: SQSRecord): Promise<void> {
    const { detail } = ObjectCreated.parse(JSON.parse(record.body));
    const filename = await push(detail.object.key, ports);
    ports.metrics.addMetric("ReportsPushed", MetricUnit.Count, filename === undefined ? 0 : 1);
    ports.logger.info("looked at an outcome", { key: detail.object.key, filename });
  }
  return middy<SQSEvent>()
    .use(injectLambdaContext(ports.logger))
    .use(logMetrics(ports.metrics))
    .handler((event, context) =>
      processPartialResponse(event, one, processor, { context, throwOnFullBatchFailure: false }),
    );
}
