import { createHash } from "node:crypto";
import { SqsError } from "./errors.ts";
import type { MessageAttributes } from "./message-attributes.ts";

/** A message in a queue. Times are milliseconds since the epoch. */
export interface Message {
  readonly id: string;
  readonly body: string;
  readonly attributes: MessageAttributes;
  readonly systemAttributes: MessageAttributes;
  readonly groupId: string | undefined;
  readonly sentAt: number;
  /** Set when a redrive brought the message here. */
  readonly deadLetterSourceArn: string | undefined;
  firstReceivedAt: number | undefined;
  receiveCount: number;
  visibleAt: number;
  /** The latest receipt handle, the only one that can delete the message. */
  receiptHandle: string | undefined;
  /** When that receipt was given; visibility cannot be stretched past 12 hours from here. */
  receivedAt: number | undefined;
}

/** Lower-case hex MD5 of a body's UTF-8 bytes: the SDK compares it with its own. */
export function bodyMd5(body: string): string {
  return createHash("md5").update(body, "utf8").digest("hex");
}

/** Refuses characters outside tab, newline, return and the XML 1.0 ranges (SQS API reference, SendMessage). */
export function checkCharacters(body: string): void {
  for (const character of body) {
    const code = character.codePointAt(0) ?? 0;
    const legal =
      code === 0x9 ||
      code === 0xa ||
      code === 0xd ||
      (code >= 0x20 && code <= 0xd7ff) ||
      (code >= 0xe000 && code <= 0xfffd) ||
      (code >= 0x10000 && code <= 0x10ffff);
    if (!legal) {
      throw new SqsError(
        "InvalidMessageContents",
        `Invalid binary character '#x${code.toString(16)}' was found in the message body.`,
      );
    }
  }
}
