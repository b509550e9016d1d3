import { abortError } from "#contract/errors.ts";
import { applyEntry } from "./apply.ts";
import { Contents } from "./contents.ts";
import { KeptContents } from "./kept.ts";
import { type ImageLimits, imageLimits } from "./limits.ts";
import type { ImageConfig } from "./stored/manifest.ts";
import type { ImageParts, StoredLayer } from "./stored/parts.ts";
import { StreamSource } from "./tar/byte-source.ts";
import { type TarEntry, tarEntries } from "./tar/entries.ts";
import { emptyRoot, type Inode } from "./tree.ts";
import { unpacked } from "./unpacked.ts";
import { imageTooLarge } from "./unreadable.ts";

/** An image that has been looked through once: its tree, and the way to its contents. */
export interface OpenImage {
  readonly name: string;
  readonly config: ImageConfig;
  readonly root: Inode;
  readonly contents: Contents;
  close(): Promise<void>;
}

/**
 * Reads every layer once, from the bottom, and keeps an index of the tree and a bounded part of the contents. Nothing is
 * written anywhere. Throws ImageUnreadable, `too-large`, or what the network said.
 */
export async function openImage(
  parts: ImageParts,
  signal: AbortSignal,
  limits: ImageLimits = imageLimits,
): Promise<OpenImage> {
  const { name, config, layers } = parts;
  const root = emptyRoot();
  const budget = {
    entries: limits.entries,
    bytes: limits.unpackedBytes,
    kept: limits.keptBytes,
    slabs: new KeptContents(),
  };
  try {
    for (const [at, layer] of layers.entries()) await readLayer(root, layer, at, budget, limits, signal);
  } catch (error) {
    await parts.close();
    throw error;
  }
  return { name, config, root, contents: new Contents(layers, limits, signal), close: () => parts.close() };
}

const nothing = new Uint8Array(0); // the reader of the archive finds out that it ended early

/** What is left of the limits. */
interface Budget {
  entries: number;
  bytes: number;
  kept: number;
  readonly slabs: KeptContents;
}

async function readLayer(
  root: Inode,
  layer: StoredLayer,
  at: number,
  budget: Budget,
  limits: ImageLimits,
  signal: AbortSignal,
): Promise<void> {
  const source = new StreamSource(counted(unpacked(layer, signal), budget, signal));
  const count = () => {
    budget.entries -= 1;
    if (budget.entries < 0) throw imageTooLarge(`more than ${limits.entries} entries`);
  };
  try {
    for await (const entry of tarEntries(source)) {
      count();
      const inode = applyEntry(root, entry, at, count);
      if (inode === undefined || entry.type !== "file" || !isKept(entry, budget, limits)) continue;
      budget.kept -= entry.sizeBytes;
      inode.content = budget.slabs.copy((await source.take(entry.sizeBytes)) ?? nothing);
    }
    await source.drain(); // the digests are of all bytes, those behind the archive's end as well
  } finally {
    await source.close();
  }
}

/** Programs and their data fill an image, and audits ask for configuration. */
function isKept({ name, sizeBytes, sparse }: TarEntry, budget: Budget, limits: ImageLimits): boolean {
  if (sparse || sizeBytes === 0 || sizeBytes > limits.keptFileBytes || sizeBytes > budget.kept) return false;
  return !/^(\.?\/)*usr\//.test(name) || /^(\.?\/)*usr\/(lib\/[^/]+|(local\/)?etc\/.*)$/.test(name);
}

async function* counted(
  chunks: AsyncIterable<Uint8Array>,
  budget: Budget,
  signal: AbortSignal,
): AsyncGenerator<Uint8Array> {
  for await (const chunk of chunks) {
    // What is read already comes out of its packing for long after nobody wants it any more.
    if (signal.aborted) throw abortError(signal, "reading an image");
    budget.bytes -= chunk.length;
    if (budget.bytes < 0) throw imageTooLarge("its layers unpack to more than is allowed");
    yield chunk;
  }
}
