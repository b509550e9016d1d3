import { uuid } from "../ids.ts";
import type { Action, ActionContext } from "./action.ts";
import { runBatch } from "./batch.ts";
import { invalidParameter, SqsError } from "./errors.ts";
import type { Input } from "./input.ts";
import { bodyMd5, checkCharacters } from "./message.ts";
import { attributesMd5, attributesSizeBytes, readAttributes } from "./message-attributes.ts";
import type { Queue } from "./queue.ts";

const BATCH_LIMIT_BYTES = 1_048_576;

/** SendMessage. */
export const sendMessage: Action = (input, context) => sendOne(context.region.target(input), input, context);

/** SendMessageBatch: 1 MiB over all entries together (SQS guide, quotas-messages). */
export const sendMessageBatch: Action = (input, context) => {
  const queue = context.region.target(input);
  let size = 0;
  for (const entry of input.objects("Entries")) size += sizeBytes(entry);
  if (size > BATCH_LIMIT_BYTES) {
    throw new SqsError(
      "BatchRequestTooLong",
      `Batch requests cannot be longer than ${BATCH_LIMIT_BYTES} bytes. You have sent ${size} bytes.`,
    );
  }
  return runBatch(input, (entry) => sendOne(queue, entry, context), context.failEntry);
};

function sizeBytes(input: Input): number {
  return (
    Buffer.byteLength(input.text("MessageBody") ?? "") + attributesSizeBytes(readAttributes(input, "MessageAttributes"))
  );
}

function sendOne(queue: Queue, input: Input, { region }: ActionContext): object {
  const body = input.required("MessageBody");
  const attributes = readAttributes(input, "MessageAttributes");
  const systemAttributes = readAttributes(input, "MessageSystemAttributes");
  checkCharacters(body);
  if (sizeBytes(input) > queue.settings.maximumMessageBytes) {
    throw invalidParameter(
      `One or more parameters are invalid. Reason: Message must be shorter than ${queue.settings.maximumMessageBytes} bytes.`,
    );
  }
  const now = region.clock.now();
  const delaySeconds = input.whole("DelaySeconds", 0, 900) ?? queue.settings.delaySeconds;
  const message = {
    id: uuid(region.random),
    body,
    attributes,
    systemAttributes,
    groupId: groupId(input),
    sentAt: now,
    deadLetterSourceArn: undefined,
    firstReceivedAt: undefined,
    receiveCount: 0,
    visibleAt: now + delaySeconds * 1_000,
    receiptHandle: undefined,
    receivedAt: undefined,
  };
  queue.add(message);
  return {
    MessageId: message.id,
    MD5OfMessageBody: bodyMd5(body),
    MD5OfMessageAttributes: attributesMd5(attributes),
    MD5OfMessageSystemAttributes: attributesMd5(systemAttributes),
  };
}

function groupId(input: Input): string | undefined {
  const id = input.text("MessageGroupId");
  if (id === undefined || /^[\x21-\x7e]{1,128}$/.test(id)) return id;
  throw invalidParameter(
    `Value ${id} for parameter MessageGroupId is invalid. Reason: MessageGroupId can only include alphanumeric and punctuation characters. 1 to 128 in length.`,
  );
}
