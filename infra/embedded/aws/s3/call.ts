import type { Clock } from "../clock.ts";
import type { WireRequest, WireResponse } from "../wire.ts";
import type { Bucket } from "./buckets.ts";
import type { Notifications } from "./notifications.ts";

/** One S3 request with what it is about, ready to be answered. */
export interface S3Call {
  readonly request: WireRequest;
  readonly bucket: Bucket;
  /** Empty for an operation on the bucket. */
  readonly key: string;
  readonly clock: Clock;
  readonly random: () => number;
  readonly notifications: Notifications;
}

/** One S3 operation. Throws `S3Error`. */
export type Operation = (call: S3Call) => Promise<WireResponse>;
