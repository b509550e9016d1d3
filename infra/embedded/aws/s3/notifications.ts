import type { Clock } from "../clock.ts";
import { uuid } from "../ids.ts";
import type { Version } from "./journal.ts";

/** S3's `Object Created` event as EventBridge hands it on (S3 guide, ev-events). */
interface ObjectCreatedEvent {
  readonly version: "0";
  readonly id: string;
  readonly "detail-type": "Object Created";
  readonly source: "aws.s3";
  readonly account: string;
  /** ISO 8601, whole seconds. */
  readonly time: string;
  readonly region: string;
  readonly resources: readonly string[];
  readonly detail: {
    readonly version: "0";
    readonly bucket: { readonly name: string };
    readonly object: {
      readonly key: string;
      readonly size: number;
      readonly etag: string;
      readonly "version-id"?: string;
      readonly sequencer: string;
    };
    readonly "request-id": string;
    readonly requester: string;
    readonly reason: "PutObject";
  };
}

export type ObjectCreatedListener = (event: ObjectCreatedEvent) => void | Promise<void>;

export interface Notifications {
  /** Returns the function that ends the subscription. */
  subscribe(bucket: string, listener: ObjectCreatedListener): () => void;
  created(bucket: string, version: Version): void;
  /** Resolves when every listener that was called has finished, and those that they caused. */
  settled(): Promise<void>;
}

export interface NotificationOptions {
  readonly region: string;
  readonly account: string;
  readonly clock: Clock;
  readonly random: () => number;
  /** A listener's failure must not fail the upload that it hears of: it ends here. */
  readonly onListenerError: (error: unknown) => void;
}

/** Delivers each creation once, after the write, to the listeners of this process. */
export function notifications(options: NotificationOptions): Notifications {
  const listeners = new Map<string, Set<ObjectCreatedListener>>();
  const running = new Set<Promise<void>>();
  let sequence = 0;

  function event(bucket: string, version: Version): ObjectCreatedEvent {
    sequence++;
    return {
      version: "0",
      id: uuid(options.random),
      "detail-type": "Object Created",
      source: "aws.s3",
      account: options.account,
      time: `${new Date(options.clock.now()).toISOString().slice(0, 19)}Z`,
      region: options.region,
      resources: [`arn:aws:s3:::${bucket}`],
      detail: {
        version: "0",
        bucket: { name: bucket },
        object: {
          key: version.key,
          size: version.sizeBytes,
          etag: version.etag.replaceAll('"', ""),
          ...(version.versionId === "null" ? {} : { "version-id": version.versionId }),
          sequencer: sequence.toString(16).toUpperCase().padStart(18, "0"),
        },
        "request-id": uuid(options.random),
        requester: options.account,
        reason: "PutObject",
      },
    };
  }

  async function deliver(listener: ObjectCreatedListener, created: ObjectCreatedEvent): Promise<void> {
    try {
      await listener(created);
    } catch (error) {
      options.onListenerError(error);
    }
  }

  return {
    subscribe(bucket, listener) {
      const own = listeners.get(bucket) ?? new Set();
      listeners.set(bucket, own.add(listener));
      return () => void own.delete(listener);
    },
    created(bucket, version) {
      for (const listener of listeners.get(bucket) ?? []) {
        // Not in the uploader's own turn: on AWS it has its answer first.
        const delivery = new Promise<void>((resolve) => setImmediate(resolve)).then(() =>
          deliver(listener, event(bucket, version)),
        );
        running.add(delivery);
        void delivery.finally(() => running.delete(delivery));
      }
    },
    async settled() {
      while (running.size > 0) await Promise.all(running);
    },
  };
}
