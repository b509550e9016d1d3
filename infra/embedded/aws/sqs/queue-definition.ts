import type { SqsRegion } from "./region.ts";

/** How a queue is set up. Units are those of the SQS API. */
export interface QueueDefinition {
  /** Default 30. */
  readonly visibilityTimeoutSeconds?: number;
  /** `deadLetterQueue` is a name or URL of a queue that exists. */
  readonly redrive?: { readonly deadLetterQueue: string; readonly maxReceiveCount: number };
  /** Default 0. */
  readonly delaySeconds?: number;
  /** Default 4 days. */
  readonly retentionSeconds?: number;
  /** Whether quiet message groups are served before busy ones. Default true. */
  readonly fair?: boolean;
}

/** The definition as CreateQueue's attributes. */
export function queueAttributes(definition: QueueDefinition, region: SqsRegion): ReadonlyMap<string, string> {
  const attributes = new Map<string, string>();
  const set = (name: string, value: number | undefined): void => {
    if (value !== undefined) attributes.set(name, String(value));
  };
  set("VisibilityTimeout", definition.visibilityTimeoutSeconds);
  set("DelaySeconds", definition.delaySeconds);
  set("MessageRetentionPeriod", definition.retentionSeconds);
  if (definition.redrive !== undefined) {
    const { deadLetterQueue, maxReceiveCount } = definition.redrive;
    const deadLetterTargetArn = region.byName(deadLetterQueue.split("/").at(-1) ?? "").arn;
    attributes.set("RedrivePolicy", JSON.stringify({ deadLetterTargetArn, maxReceiveCount }));
  }
  return attributes;
}
