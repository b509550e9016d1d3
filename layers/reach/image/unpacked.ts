import { createHash, type Hash } from "node:crypto";
import type { Transform } from "node:stream";
import { pipeline } from "node:stream/promises";
import * as zlib from "node:zlib";
import { ScanError } from "#contract/errors.ts";
import type { StoredLayer } from "./stored/parts.ts";
import { StreamSource } from "./tar/byte-source.ts";
import { ImageUnreadable } from "./unreadable.ts";
import { zstdFrameOf, zstdFrames } from "./zstd-frames.ts";

/** Node 22.15 and later have zstd; the types say that every Node has it. */
const zstd: typeof zlib.createZstdDecompress | undefined = zlib.createZstdDecompress;

const pieceBytes = 64 * 1024;
/**
 * Of small pieces, thousands wait for the collector at any time: 50 MB more than with these. One piece goes in at a time,
 * since its memory may be used again when the next is asked for.
 */
const large = { chunkSize: pieceBytes, writableHighWaterMark: 1 };

/** How a layer's bytes are packed, told by the first four of them: media types are wrong often enough. */
export function packingOf(first: Uint8Array): "gzip" | "zstd" | "none" {
  if (first[0] === 0x1f && first[1] === 0x8b) return "gzip";
  return zstdFrameOf(first) === undefined ? "none" : "zstd";
}

/**
 * The tar of a layer as a stream: gzip, zstd or plain. When it has been read to its end, the bytes as stored and as
 * unpacked had the digests that the manifest and the config name, or it throws ImageUnreadable.
 */
export async function* unpacked(layer: StoredLayer, signal: AbortSignal): AsyncGenerator<Uint8Array, void, void> {
  const stored = digestOf(layer.digest);
  const inside = digestOf(layer.diffId);
  for await (const chunk of unzipped(hashed(layer.open(signal), stored?.hash), layer.name)) {
    inside?.hash.update(chunk);
    yield chunk;
  }
  stored?.check(`${layer.name} as stored`);
  inside?.check(`${layer.name} unpacked`);
}

async function* unzipped(chunks: AsyncGenerator<Uint8Array>, name: string): AsyncGenerator<Uint8Array> {
  const source = new StreamSource(chunks);
  try {
    const first = await source.take(4);
    if (first === undefined) return;
    const packing = packingOf(first);
    if (packing === "none") return yield* startingWith(first, source);
    try {
      if (packing === "gzip") yield* through(startingWith(first, source), zlib.createGunzip(large));
      else for await (const frame of zstdFrames(first, source)) yield* through(frame, unzipFrame(name));
    } catch (error) {
      if (error instanceof ScanError) throw error;
      throw new ImageUnreadable(`${name} is not well packed (${packing}: ${(error as Error).message})`, error);
    }
  } finally {
    await source.close();
  }
}

function unzipFrame(name: string): Transform {
  if (zstd !== undefined) return zstd(large);
  throw new ImageUnreadable(`${name} is packed with zstd, which needs Node 22.15 or later`);
}

async function* through(packed: AsyncGenerator<Uint8Array>, unzip: Transform): AsyncGenerator<Uint8Array> {
  const fed = pipeline(packed, unzip);
  fed.catch(() => undefined); // it comes out of `unzip` as well
  for await (const chunk of unzip) yield chunk as Uint8Array; // a stream without encoding gives buffers
  await fed;
}

async function* startingWith(first: Uint8Array, rest: StreamSource): AsyncGenerator<Uint8Array> {
  yield first;
  for (let piece = await rest.some(pieceBytes); piece !== undefined; piece = await rest.some(pieceBytes)) yield piece;
}

async function* hashed(chunks: AsyncIterable<Uint8Array>, hash: Hash | undefined): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    hash?.update(chunk);
    yield chunk;
  }
}

/** A running digest that knows what it has to become. */
function digestOf(wanted: string | undefined) {
  if (wanted === undefined) return undefined;
  const hash = hashFor(wanted);
  const check = (what: string) => {
    const found = `${algorithmOf(wanted)}:${hash.digest("hex")}`;
    if (found !== wanted) throw new ImageUnreadable(`${what} has digest ${found} in place of ${wanted}`);
  };
  return { hash, check };
}

const digestForm = /^(?:sha256:[0-9a-f]{64}|sha512:[0-9a-f]{128})$/;
const algorithmOf = (digest: string) => digest.slice(0, digest.indexOf(":"));

function hashFor(digest: string): Hash {
  if (!digestForm.test(digest)) throw new ImageUnreadable(`${digest.slice(0, 80)} is no digest`);
  return createHash(algorithmOf(digest));
}

/** Throws ImageUnreadable unless the bytes have the digest (sha256 or sha512, OCI image-spec, descriptor.md). */
export function checkDigest(bytes: Uint8Array, wanted: string, what: string): void {
  const digest = digestOf(wanted);
  digest?.hash.update(bytes);
  digest?.check(what);
}

export const isDigest = (text: string) => digestForm.test(text);
