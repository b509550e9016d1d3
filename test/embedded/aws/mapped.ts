import { GetQueueAttributesCommand } from "@aws-sdk/client-sqs";
import type { SQSEvent } from "aws-lambda";
import { onTestFinished } from "vitest";
import {
  type EventSourceMappingOptions,
  type MappingLog,
  startEventSourceMapping,
} from "#embedded/event-source-mapping.ts";
import { testCloud } from "./clients.ts";

export type Handler = EventSourceMappingOptions["handler"];

/** A queue (visibility 60 s, dead letters after two receives) that feeds a function (timeout 10 s). */
export async function mapped(handler: Handler, options: Partial<EventSourceMappingOptions> = {}) {
  const all = testCloud();
  const { cloud, clock, sqs } = all;
  const dead = cloud.createQueue("dead");
  const redrive = { deadLetterQueue: dead, maxReceiveCount: 2 };
  const url = cloud.createQueue("q", { visibilityTimeoutSeconds: 60, redrive });
  const logs: MappingLog[] = [];
  const start = () =>
    startEventSourceMapping({
      sqs,
      queueUrl: url,
      queueArn: cloud.queueArn(url),
      handler,
      batchSize: 10,
      maximumConcurrency: 2,
      functionTimeoutMs: 10_000,
      reportBatchItemFailures: true,
      clock,
      log: (entry) => logs.push(entry),
      ...options,
    });
  const mapping = await start();
  onTestFinished(async () => {
    const stopped = mapping.stop();
    // Handlers that a test never let go end by their timeout.
    await clock.advance(60_000);
    await stopped;
  });
  const left = async (): Promise<number> => {
    const { Attributes = {} } = await sqs.send(
      new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["All"] }),
    );
    return Number(Attributes.ApproximateNumberOfMessages) + Number(Attributes.ApproximateNumberOfMessagesNotVisible);
  };
  return { ...all, dead, url, logs, mapping, left };
}

/** A handler that a test lets go by hand. */
export function held() {
  const events: SQSEvent[] = [];
  const release: (() => void)[] = [];
  const handler: Handler = (event) => {
    events.push(event);
    return new Promise<void>((resolve) => release.push(resolve));
  };
  return { events, release, handler };
}
