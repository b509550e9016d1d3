import type { ChecksumName } from "./checksums.ts";

/** One stored version of an object, or the marker that stands for its deletion. */
export interface Version {
  readonly key: string;
  /** `null` in a bucket that never had versioning, as S3 itself names it. */
  readonly versionId: string;
  /** Milliseconds since the epoch. */
  readonly modifiedAt: number;
  readonly deleteMarker: boolean;
  /** Quoted, as in the header. */
  readonly etag: string;
  readonly sizeBytes: number;
  /** Where the content lies; empty for a delete marker. */
  readonly blob: string;
  readonly contentType: string;
  /** cache-control, content-encoding and their like. */
  readonly headers: Readonly<Record<string, string>>;
  readonly metadata: Readonly<Record<string, string>>;
  readonly tagging: string;
  readonly checksums: Partial<Readonly<Record<ChecksumName, string>>>;
}

/** What happened to one key, in order: a version was added, or a version was removed for good. */
export type JournalEntry =
  | { readonly kind: "added"; readonly version: Version }
  | { readonly kind: "removed"; readonly key: string; readonly versionId: string };

/** The state of one key at some moment. */
export interface KeyState {
  /** How many entries were written; the next entry must carry this number, or somebody else was faster. */
  readonly sequence: number;
  /** Newest first. */
  readonly versions: readonly Version[];
}

/**
 * Where a bucket keeps its objects. Every change of a key is one numbered entry, and two writers cannot write the same
 * number: that alone makes create-only writes, If-Match and versions safe between tasks and between processes.
 */
export interface Journal {
  read(key: string): Promise<KeyState>;
  /** Writes entry number `state.sequence`; false when that number is taken, and then nothing changed. */
  append(state: KeyState, entry: JournalEntry): Promise<boolean>;
  /** The state of every key that starts with `prefix`, in no order. */
  list(prefix: string): Promise<readonly KeyState[]>;
  readonly blobs: Blobs;
}

/** Contents, each written once under a new name. */
export interface Blobs {
  put(bytes: Uint8Array): Promise<string>;
  /** `undefined` when it was dropped meanwhile. */
  get(blob: string): Promise<Uint8Array | undefined>;
  drop(blob: string): Promise<void>;
}

export const EMPTY_KEY: KeyState = { sequence: 0, versions: [] };

/** The state after one more entry. A new version replaces one with the same id, which only `null` can have. */
export function applyEntry(state: KeyState, entry: JournalEntry): KeyState {
  const gone = entry.kind === "added" ? entry.version.versionId : entry.versionId;
  const kept = state.versions.filter((version) => version.versionId !== gone);
  return { sequence: state.sequence + 1, versions: entry.kind === "added" ? [entry.version, ...kept] : kept };
}
