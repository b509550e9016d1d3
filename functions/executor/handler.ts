import { BatchProcessor, EventType, processPartialResponse } from "@aws-lambda-powertools/batch";
import type { Logger } from "@aws-lambda-powertools/logger";
import { injectLambdaContext } from "@aws-lambda-powertools/logger/middleware";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { logMetrics } from "@aws-lambda-powertools/metrics/middleware";
import middy from "@middy/core";
import type { Context, SQSEvent, SQSRecord } from "aws-lambda";
import type { Queue } from "#aws/queue.ts";
import { comeBackLater } from "./come-back.ts";
import { type ExecutePorts, execute, readTask } from "./execute.ts";

export interface ExecutorPorts extends ExecutePorts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** The queue that a task came from, by its ARN: one function serves all clusters of a network. */
  readonly source: (queueArn: string) => Queue;
  /** How often a task may be received; the last time its failure becomes an outcome. */
  readonly mostReceives: number;
}

/** The executor as a Lambda handler for task queues, one task an invocation. */
export function executorHandler(ports: ExecutorPorts) {
  const processor = new BatchProcessor(EventType.SQS);
  async function one(record: SQSRecord, context: Context): Promise<void> {
    const leftMs = context.getRemainingTimeInMillis();
    const source = ports.source(record.eventSourceARN);
    await source.hide(record.receiptHandle, leftMs / 1000 + 60);
    const receives = Number(record.attributes.ApproximateReceiveCount);
    const task = readTask(record.body);
    ports.logger.appendKeys({ scanId: task.scanId, taskId: task.taskId, kind: task.kind });
    try {
      await execute(task, ports, { leftMs, lastTry: receives >= ports.mostReceives });
      ports.metrics.addMetric("TasksDone", MetricUnit.Count, 1);
    } catch (error) {
      ports.logger.warn("task will be tried again", { error });
      ports.metrics.addMetric("TasksRetried", MetricUnit.Count, 1);
      await comeBackLater(source, record.receiptHandle, receives, error);
      throw error;
    }
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
