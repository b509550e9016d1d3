import type { Clock } from "../clock.ts";
import { hexId } from "../ids.ts";
import { chooseAny, chooseFairly } from "./delivery-order.ts";
import { invalidParameter, SqsError } from "./errors.ts";
import type { Message } from "./message.ts";
import type { QueueSettings } from "./queue-settings.ts";

const TWELVE_HOURS_MS = 43_200_000;

export interface QueueOptions {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly settings: QueueSettings;
  readonly clock: Clock;
  readonly random: () => number;
  /** Whether quiet message groups are served first. */
  readonly fair: boolean;
  /** Moves a message that was received too often; false when its dead-letter queue is gone, and then it stays. */
  readonly deadLetter: (targetArn: string, message: Message) => boolean;
}

export interface QueueCounts {
  readonly visible: number;
  readonly inFlight: number;
  readonly delayed: number;
}

/** A standard queue: messages, who has them until when, and who waits for one. */
export class Queue {
  readonly name: string;
  readonly arn: string;
  readonly url: string;
  readonly createdAt: number;
  settings: QueueSettings;
  readonly #options: QueueOptions;
  readonly #messages = new Map<string, Message>();
  readonly #waiting = new Set<() => void>();

  constructor(options: QueueOptions) {
    this.#options = options;
    this.name = options.name;
    this.arn = options.arn;
    this.url = options.url;
    this.settings = options.settings;
    this.createdAt = options.clock.now();
  }

  add(message: Message): void {
    this.#messages.set(message.id, message);
    this.#wake();
  }

  /** Takes up to `max` visible messages and hides them for `visibilityMs`. Never waits. */
  take(max: number, visibilityMs: number): Message[] {
    this.#expire();
    const { random, clock, fair } = this.#options;
    const now = clock.now();
    const visible = [...this.#messages.values()].filter((message) => message.visibleAt <= now);
    const inFlight = this.#inFlightByGroup(now);
    const taken: Message[] = [];
    while (taken.length < max) {
      const message = fair ? chooseFairly(visible, inFlight, random) : chooseAny(visible, random);
      if (message === undefined) break;
      visible.splice(visible.indexOf(message), 1);
      if (this.#redriven(message)) continue;
      message.receiveCount++;
      message.firstReceivedAt ??= now;
      message.receivedAt = now;
      message.visibleAt = now + visibilityMs;
      message.receiptHandle = this.#newReceipt(message);
      if (message.groupId !== undefined) inFlight.set(message.groupId, (inFlight.get(message.groupId) ?? 0) + 1);
      taken.push(message);
    }
    if (visibilityMs === 0 && taken.length > 0) this.#wake();
    return taken;
  }

  /** Like `take`, but waits up to `waitMs` until there is something: a send, an expired visibility or the end of a delay. */
  async receive(
    max: number,
    visibilityMs: number,
    waitMs: number,
    signal: AbortSignal | undefined,
  ): Promise<Message[]> {
    const deadline = this.#options.clock.now() + waitMs;
    for (;;) {
      if (signal?.aborted === true) return [];
      const taken = this.take(max, visibilityMs);
      const left = deadline - this.#options.clock.now();
      if (taken.length > 0 || left <= 0) return taken;
      await this.#change(left, signal);
    }
  }

  /** Deletes by receipt. An outdated receipt succeeds and deletes nothing, as on a standard queue. */
  delete(receiptHandle: string): void {
    const message = this.#messages.get(this.#messageIdOf(receiptHandle));
    if (message?.receiptHandle === receiptHandle) this.#messages.delete(message.id);
  }

  /** Sets when a message in flight comes back, counted from now. At most 12 hours after it was received. */
  changeVisibility(receiptHandle: string, seconds: number): void {
    const now = this.#options.clock.now();
    const message = this.#messages.get(this.#messageIdOf(receiptHandle));
    if (message === undefined || message.receiptHandle !== receiptHandle) {
      throw invalidParameter(
        `Value ${receiptHandle} for parameter ReceiptHandle is invalid. Reason: Message does not exist or is not available for visibility timeout change.`,
      );
    }
    if (message.visibleAt <= now) throw new SqsError("MessageNotInflight", "The message referred to isn't in flight.");
    if (now + seconds * 1_000 > (message.receivedAt ?? now) + TWELVE_HOURS_MS) {
      throw invalidParameter(
        `Value ${seconds} for parameter VisibilityTimeout is invalid. Reason: Total VisibilityTimeout for the message is beyond the limit [43200 seconds].`,
      );
    }
    message.visibleAt = now + seconds * 1_000;
    this.#wake();
  }

  /** Makes messages visible at once although somebody has them: the second delivery that SQS reserves the right to. */
  reveal(messages: readonly Message[]): void {
    for (const message of messages) message.visibleAt = this.#options.clock.now();
    this.#wake();
  }

  /** Removes all messages, those in flight too. */
  purge(): void {
    this.#messages.clear();
  }

  /** Removes and returns the messages that nobody has in flight. */
  drainVisible(): Message[] {
    this.#expire();
    const now = this.#options.clock.now();
    const visible = [...this.#messages.values()].filter((message) => message.visibleAt <= now);
    for (const message of visible) this.#messages.delete(message.id);
    return visible;
  }

  counts(): QueueCounts {
    this.#expire();
    const now = this.#options.clock.now();
    let [visible, inFlight, delayed] = [0, 0, 0];
    for (const message of this.#messages.values()) {
      if (message.visibleAt <= now) visible++;
      else if (message.receiveCount > 0) inFlight++;
      else delayed++;
    }
    return { visible, inFlight, delayed };
  }

  /** Resolves on the next change of the queue, when the next message becomes visible, or after `limitMs`. */
  #change(limitMs: number, signal: AbortSignal | undefined): Promise<void> {
    const { clock } = this.#options;
    return new Promise((resolve) => {
      let wait = limitMs;
      for (const { visibleAt } of this.#messages.values()) wait = Math.min(wait, Math.max(0, visibleAt - clock.now()));
      const done = (): void => {
        cancel();
        this.#waiting.delete(done);
        signal?.removeEventListener("abort", done);
        resolve();
      };
      const cancel = clock.setTimer(wait, done);
      this.#waiting.add(done);
      signal?.addEventListener("abort", done);
    });
  }

  #wake(): void {
    for (const done of [...this.#waiting]) done();
  }

  #expire(): void {
    const oldest = this.#options.clock.now() - this.settings.retentionSeconds * 1_000;
    for (const message of this.#messages.values()) if (message.sentAt <= oldest) this.#messages.delete(message.id);
  }

  #inFlightByGroup(now: number): Map<string, number> {
    const counts = new Map<string, number>();
    for (const { groupId, receiveCount, visibleAt } of this.#messages.values()) {
      if (groupId !== undefined && receiveCount > 0 && visibleAt > now)
        counts.set(groupId, (counts.get(groupId) ?? 0) + 1);
    }
    return counts;
  }

  #redriven(message: Message): boolean {
    const { redrive } = this.settings;
    if (redrive === undefined || message.receiveCount < redrive.maxReceiveCount) return false;
    if (!this.#options.deadLetter(redrive.deadLetterTargetArn, message)) return false;
    this.#messages.delete(message.id);
    return true;
  }

  #newReceipt(message: Message): string {
    const nonce = hexId(this.#options.random, 16);
    return Buffer.from(JSON.stringify([this.arn, message.id, nonce]), "utf8").toString("base64");
  }

  #messageIdOf(receiptHandle: string): string {
    try {
      const parts: unknown = JSON.parse(Buffer.from(receiptHandle, "base64").toString("utf8"));
      if (Array.isArray(parts) && parts[0] === this.arn && typeof parts[1] === "string") return parts[1];
    } catch {
      // Not a receipt of ours: refused below like any other.
    }
    throw new SqsError(
      "ReceiptHandleIsInvalid",
      `The input receipt handle "${receiptHandle}" is not a valid receipt handle.`,
    );
  }
}
