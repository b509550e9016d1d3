import type { Clock } from "../clock.ts";
import { uuid } from "../ids.ts";
import { invalidParameter, SqsError } from "./errors.ts";
import type { Input } from "./input.ts";
import type { Message } from "./message.ts";
import { Queue } from "./queue.ts";
import { applyAttributes, DEFAULT_SETTINGS, settingAttributes } from "./queue-settings.ts";

export const ACCOUNT_ID = "000000000000";

export interface SqsRegionOptions {
  readonly region: string;
  /** What queue URLs begin with; behind it come account and name, as on AWS. */
  readonly queueUrls: string;
  readonly clock: Clock;
  readonly random: () => number;
}

/** All queues of one account in one region. */
export interface SqsRegion extends SqsRegionOptions {
  create(name: string, attributes: ReadonlyMap<string, string>, fair?: boolean): Queue;
  byName(name: string): Queue;
  byArn(arn: string): Queue | undefined;
  /** The queue that the request's `QueueUrl` names. */
  target(input: Input): Queue;
  remove(queue: Queue): void;
  all(): readonly Queue[];
  /** The queues whose redrive policy names `queue`. */
  sourcesOf(queue: Queue): readonly Queue[];
  /** A message that a move task sends anew: new id, new time, never received. */
  renewed(message: Message): Message;
  newId(): string;
}

function noSuchQueue(): SqsError {
  return new SqsError("QueueDoesNotExist", "The specified queue does not exist.");
}

/** An empty region. The SDK takes the endpoint out of a queue's URL, unless it was given one. */
export function sqsRegion(options: SqsRegionOptions): SqsRegion {
  const queues = new Map<string, Queue>();
  const byArn = (arn: string): Queue | undefined => [...queues.values()].find((queue) => queue.arn === arn);

  function deadLetter(targetArn: string, message: Message, sourceArn: string): boolean {
    const target = byArn(targetArn);
    // SentTimestamp stays: retention in the dead-letter queue counts from the first send (SQS guide, sqs-dead-letter-queues).
    target?.add({
      ...message,
      deadLetterSourceArn: sourceArn,
      visibleAt: options.clock.now(),
      receiptHandle: undefined,
      receivedAt: undefined,
    });
    return target !== undefined;
  }

  return {
    ...options,
    create(name, attributes, fair = true) {
      if (!/^[A-Za-z0-9_-]{1,80}$/.test(name)) {
        throw name.endsWith(".fifo")
          ? new SqsError("UnsupportedOperation", "The embedded SQS has standard queues only.")
          : invalidParameter("Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length.");
      }
      const settings = applyAttributes(DEFAULT_SETTINGS, attributes);
      if (settings.redrive !== undefined && byArn(settings.redrive.deadLetterTargetArn) === undefined) {
        throw invalidParameter(
          `Value for parameter RedrivePolicy is invalid. Reason: Dead letter target ${settings.redrive.deadLetterTargetArn} does not exist.`,
        );
      }
      const existing = queues.get(name);
      if (existing !== undefined) {
        const present = settingAttributes(existing.settings);
        const clash = [...attributes.keys()].find((key) => present.get(key) !== settingAttributes(settings).get(key));
        if (clash === undefined) return existing;
        throw new SqsError(
          "QueueNameExists",
          `A queue already exists with the same name and a different value for attribute ${clash}`,
        );
      }
      const arn = `arn:aws:sqs:${options.region}:${ACCOUNT_ID}:${name}`;
      const queue = new Queue({
        name,
        arn,
        url: `${options.queueUrls}/${ACCOUNT_ID}/${name}`,
        settings,
        clock: options.clock,
        random: options.random,
        fair,
        deadLetter: (targetArn, message) => deadLetter(targetArn, message, arn),
      });
      queues.set(name, queue);
      return queue;
    },
    byName(name) {
      const queue = queues.get(name);
      if (queue === undefined) throw noSuchQueue();
      return queue;
    },
    byArn,
    target(input) {
      // AWS looks at the path of the URL only: the last two segments are account and name.
      const queue = queues.get(input.required("QueueUrl").split("/").at(-1) ?? "");
      if (queue === undefined) throw noSuchQueue();
      return queue;
    },
    remove: (queue) => void queues.delete(queue.name),
    all: () => [...queues.values()],
    sourcesOf: (queue) =>
      [...queues.values()].filter(({ settings }) => settings.redrive?.deadLetterTargetArn === queue.arn),
    renewed: (message) => ({
      ...message,
      id: uuid(options.random),
      sentAt: options.clock.now(),
      deadLetterSourceArn: undefined,
      firstReceivedAt: undefined,
      receiveCount: 0,
      visibleAt: options.clock.now(),
      receiptHandle: undefined,
      receivedAt: undefined,
    }),
    newId: () => uuid(options.random),
  };
}
