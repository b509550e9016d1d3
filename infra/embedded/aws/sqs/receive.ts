import { throwIfAborted } from "../abort.ts";
import type { Action } from "./action.ts";
import { bodyMd5, type Message } from "./message.ts";
import { attributesMd5, selectAttributes } from "./message-attributes.ts";

// An access key id stands where SQS shows the principal's unique id.
const SENDER_ID = "AIDAEMBEDDED";

/** ReceiveMessage, short or long polling. */
export const receiveMessage: Action = async (input, { region, signal, deliverTwice }) => {
  const queue = region.target(input);
  const max = input.whole("MaxNumberOfMessages", 1, 10) ?? 1;
  const seconds = input.whole("VisibilityTimeout", 0, 43_200) ?? queue.settings.visibilityTimeoutSeconds;
  const waitSeconds = input.whole("WaitTimeSeconds", 0, 20) ?? queue.settings.receiveWaitSeconds;
  const systemNames = [...input.texts("MessageSystemAttributeNames"), ...input.texts("AttributeNames")];
  const names = input.texts("MessageAttributeNames");
  const messages = await queue.receive(max, seconds * 1_000, waitSeconds * 1_000, signal);
  // Messages that were taken are handed over even so, or they would stay hidden with nobody to work on them.
  if (messages.length === 0) throwIfAborted(signal);
  const shown = messages.map((message) => show(message, systemNames, names));
  if (deliverTwice) queue.reveal(messages);
  return shown.length > 0 ? { Messages: shown } : {};
};

function show(message: Message, systemNames: readonly string[], names: readonly string[]): object {
  const system = [...systemAttributes(message)].filter(
    ([name]) => systemNames.includes("All") || systemNames.includes(name),
  );
  const attributes = selectAttributes(message.attributes, names);
  return {
    MessageId: message.id,
    ReceiptHandle: message.receiptHandle,
    Body: message.body,
    MD5OfBody: bodyMd5(message.body),
    ...(system.length > 0 ? { Attributes: Object.fromEntries(system) } : {}),
    ...(attributes.size > 0
      ? { MessageAttributes: Object.fromEntries(attributes), MD5OfMessageAttributes: attributesMd5(attributes) }
      : {}),
  };
}

/** The attributes that SQS itself keeps (SQS API reference, ReceiveMessage, MessageSystemAttributeNames). */
function systemAttributes(message: Message): Map<string, string> {
  const attributes = new Map([
    ["SenderId", SENDER_ID],
    ["SentTimestamp", String(message.sentAt)],
    ["ApproximateReceiveCount", String(message.receiveCount)],
    ["ApproximateFirstReceiveTimestamp", String(message.firstReceivedAt ?? message.sentAt)],
  ]);
  if (message.groupId !== undefined) attributes.set("MessageGroupId", message.groupId);
  if (message.deadLetterSourceArn !== undefined)
    attributes.set("DeadLetterQueueSourceArn", message.deadLetterSourceArn);
  const trace = message.systemAttributes.get("AWSTraceHeader")?.StringValue;
  if (trace !== undefined) attributes.set("AWSTraceHeader", trace);
  return attributes;
}
