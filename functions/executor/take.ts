import type { Logger } from "@aws-lambda-powertools/logger";
import { type Metrics, MetricUnit } from "@aws-lambda-powertools/metrics";
import { waitSeconds } from "./come-back.ts";
import { countOutcome, countRoundTrips } from "./count.ts";
import { type ExecutePorts, execute, readTask } from "./execute.ts";

export interface TakePorts extends ExecutePorts {
  readonly logger: Logger;
  readonly metrics: Metrics;
  /** How often a task may be received; the last time its failure becomes an outcome. */
  readonly mostReceives: number;
}

/** A task's message in the hands of whoever received it. */
export interface TakenMessage {
  readonly body: string;
  /** How often the queue gave it out, this time included. */
  readonly receive: number;
  /** Milliseconds in which it must be over. */
  readonly leftMs: number;
  /** Aborts when another one has it. */
  readonly signal?: AbortSignal;
  /** Hides it from others for so many seconds from now. */
  readonly hide: (seconds: number) => Promise<void>;
  /** Resolves when the message is hidden for as long as it is worked on. */
  readonly hidden: Promise<void>;
}

/** Carries out the task in a message. Resolves when the message is done with; rejects when the queue shall bring it back. */
export async function takeTask(message: TakenMessage, ports: TakePorts): Promise<void> {
  const { metrics, mostReceives } = ports;
  const { receive, leftMs, signal } = message;
  const logger = ports.logger.createChild(); // two tasks at once must not write each other's ids
  // The queue's own visibility timeout is longer than any task: without this one a killed task would only come back late.
  const hidden = message.hidden.catch((error: unknown) => logger.warn("visibility was not set", { error }));
  const task = readTask(message.body);
  logger.appendKeys({ scanId: task.scanId, taskId: task.taskId, kind: task.kind });
  try {
    const counted: TakePorts = {
      ...ports,
      logger,
      onOutcome: (cluster, outcome) => countOutcome(metrics, cluster, outcome),
      onReport: (summary) => countRoundTrips(metrics, summary),
    };
    const end = await execute(task, counted, { leftMs, receive, mostReceives, ...(signal && { signal }) });
    metrics.addMetric(end === "done" ? "TasksDone" : "TasksSentAnew", MetricUnit.Count, 1);
  } catch (error) {
    logger.warn("task will be tried again", { error });
    metrics.addMetric("TasksRetried", MetricUnit.Count, 1);
    await hidden;
    // Without this it returns only when the time of a whole invocation is over.
    if (!signal?.aborted) await message.hide(waitSeconds(task, receive, error)).catch(() => undefined);
    throw error;
  } finally {
    await hidden;
  }
}
