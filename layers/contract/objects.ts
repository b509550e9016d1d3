export interface ObjectOptions {
  readonly contentType: string;
  readonly contentEncoding?: string | undefined;
}

/** An object and the tag that a conditional replace must name. */
export interface StoredObject {
  readonly bytes: Uint8Array;
  readonly etag: string;
}

/** Keys and bytes with S3's guarantees: a write is whole, and seen by every read and list after it. */
export interface ObjectStore {
  /** Writes only if nothing is there. Of many writers exactly one gets `created`. */
  create(key: string, bytes: Uint8Array, options: ObjectOptions): Promise<"created" | "exists">;
  /** Writes over what has `etag`, or where nothing is when it is undefined; `changed` when somebody else was there first. */
  replace(
    key: string,
    bytes: Uint8Array,
    options: ObjectOptions,
    etag: string | undefined,
  ): Promise<"replaced" | "changed">;
  /** Undefined when nothing is there; `too-large`, unread, when it has more than `mostBytes`. */
  read(key: string, mostBytes?: number): Promise<StoredObject | undefined>;
  /** All keys below a prefix, in S3's order (UTF-8 bytes). */
  list(prefix: string): Promise<readonly string[]>;
}
