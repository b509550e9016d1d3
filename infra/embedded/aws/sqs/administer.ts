import type { Action } from "./action.ts";
import { invalidParameter, SqsError } from "./errors.ts";
import type { Queue } from "./queue.ts";
import { applyAttributes, settingAttributes } from "./queue-settings.ts";
import type { SqsRegion } from "./region.ts";

/** CreateQueue: the same name with the same attributes gives the queue that is there. */
export const createQueue: Action = (input, { region }) => ({
  QueueUrl: region.create(input.required("QueueName"), input.textMap("Attributes")).url,
});

/** GetQueueUrl. */
export const getQueueUrl: Action = (input, { region }) => ({
  QueueUrl: region.byName(input.required("QueueName")).url,
});

/** ListQueues, without paging: at most 1,000 names. */
export const listQueues: Action = (input, { region }) => {
  const prefix = input.text("QueueNamePrefix") ?? "";
  const urls = region.all().filter((queue) => queue.name.startsWith(prefix));
  return { QueueUrls: urls.slice(0, 1_000).map((queue) => queue.url) };
};

/** DeleteQueue. */
export const deleteQueue: Action = (input, { region }) => {
  region.remove(region.target(input));
  return {};
};

/** PurgeQueue. The limit of one purge a minute is not kept. */
export const purgeQueue: Action = (input, { region }) => {
  region.target(input).purge();
  return {};
};

/** Attributes that a queue may lack, and FIFO queues alone have: they are left out of an answer, and no error. */
const UNSET = new Set([
  "Policy",
  "RedrivePolicy",
  "RedriveAllowPolicy",
  "KmsMasterKeyId",
  "KmsDataKeyReusePeriodSeconds",
  "FifoQueue",
  "ContentBasedDeduplication",
  "DeduplicationScope",
  "FifoThroughputLimit",
]);

/** GetQueueAttributes; counts are exact here, approximate on AWS. */
export const getQueueAttributes: Action = (input, { region }) => {
  const queue = region.target(input);
  const { visible, inFlight, delayed } = queue.counts();
  const created = String(Math.floor(queue.createdAt / 1_000));
  const attributes = new Map([
    ...settingAttributes(queue.settings),
    ["QueueArn", queue.arn],
    ["CreatedTimestamp", created],
    ["LastModifiedTimestamp", created],
    ["ApproximateNumberOfMessages", String(visible)],
    ["ApproximateNumberOfMessagesNotVisible", String(inFlight)],
    ["ApproximateNumberOfMessagesDelayed", String(delayed)],
  ]);
  const names = input.texts("AttributeNames");
  const unknown = names.find((name) => name !== "All" && !attributes.has(name) && !UNSET.has(name));
  if (unknown !== undefined) throw new SqsError("InvalidAttributeName", `Unknown Attribute ${unknown}.`);
  const asked = [...attributes].filter(([name]) => names.includes("All") || names.includes(name));
  return asked.length > 0 ? { Attributes: Object.fromEntries(asked) } : {};
};

/** SetQueueAttributes. */
export const setQueueAttributes: Action = (input, { region }) => {
  const queue = region.target(input);
  const settings = applyAttributes(queue.settings, input.textMap("Attributes"));
  const target = settings.redrive?.deadLetterTargetArn;
  if (target !== undefined && region.byArn(target) === undefined) {
    throw invalidParameter(
      `Value for parameter RedrivePolicy is invalid. Reason: Dead letter target ${target} does not exist.`,
    );
  }
  queue.settings = settings;
  return {};
};

/** ListDeadLetterSourceQueues. */
export const listDeadLetterSourceQueues: Action = (input, { region }) => ({
  queueUrls: region.sourcesOf(region.target(input)).map((queue) => queue.url),
});

/** StartMessageMoveTask: moves what is visible at once. Moved messages are new ones, with new ids and times. */
export const startMessageMoveTask: Action = (input, { region }) => {
  const sourceArn = input.required("SourceArn");
  const source = region.byArn(sourceArn);
  if (source === undefined) {
    throw new SqsError(
      "ResourceNotFoundException",
      "The resource that you specified for the SourceArn parameter doesn't exist.",
      404,
    );
  }
  if (region.sourcesOf(source).length === 0) {
    throw invalidParameter("Source queue must be configured as a Dead Letter Queue.");
  }
  input.whole("MaxNumberOfMessagesPerSecond", 1, 500);
  const fixed = input.text("DestinationArn");
  const destination = fixed === undefined ? undefined : mustExist(region, fixed);
  for (const message of source.drainVisible()) {
    const home = destination ?? region.byArn(message.deadLetterSourceArn ?? "");
    // A message that was sent straight to the dead-letter queue has nowhere to go back to.
    if (home === undefined) source.add(message);
    else home.add(region.renewed(message));
  }
  const handle = JSON.stringify({ taskId: region.newId(), sourceArn });
  return { TaskHandle: Buffer.from(handle, "utf8").toString("base64") };
};

function mustExist(region: SqsRegion, arn: string): Queue {
  const queue = region.byArn(arn);
  if (queue !== undefined) return queue;
  throw new SqsError(
    "ResourceNotFoundException",
    "The resource that you specified for the DestinationArn parameter doesn't exist.",
    404,
  );
}
