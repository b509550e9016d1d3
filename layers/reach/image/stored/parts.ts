import type { FileHandle } from "node:fs/promises";
import type { ImageConfig } from "./manifest.ts";

/** A layer where it is stored: a member of an archive, a file, or a blob of a registry. */
export interface StoredLayer {
  /** For messages. */
  readonly name: string;
  /** Of the bytes as they are stored; undefined where nothing names it. */
  readonly digest: string | undefined;
  /** Of the tar inside. */
  readonly diffId: string | undefined;
  /** All bytes from the beginning, as often as they are asked for. */
  open(signal: AbortSignal): AsyncIterable<Uint8Array>;
  /** Where the bytes lie in a file of this machine, so that a plain tar can be read at any place. */
  readonly place: { readonly file: FileHandle; readonly from: number; readonly sizeBytes: number } | undefined;
}

/** All that an image is made of. */
export interface ImageParts {
  readonly name: string;
  readonly config: ImageConfig;
  /** Bottom first. */
  readonly layers: readonly StoredLayer[];
  close(): Promise<void>;
}

/** Which image is meant, where there are several. */
export interface Wanted {
  /** Of the manifest, of the index that it stands in, or of the config; all that a pod's status may name. */
  readonly digest?: string | undefined;
  /** As it is tagged; only asked where no digest is given. */
  readonly name?: string | undefined;
  readonly platform: Platform;
}

/** As in an image index: Go's names for both. */
export interface Platform {
  readonly os: string;
  /** Undefined where nobody says it: then of an image for several, none is chosen. */
  readonly architecture?: string | undefined;
  readonly variant?: string | undefined;
}
