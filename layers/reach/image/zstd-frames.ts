import type { StreamSource } from "./tar/byte-source.ts";
import { ImageUnreadable } from "./unreadable.ts";

const standard = 0xfd2fb528;
const skippable = 0x184d2a50;

/** How a frame begins (RFC 8878, §3.1): one with content, one to be skipped, or none; of the first four bytes. */
export function zstdFrameOf(first: Uint8Array): "content" | "skippable" | undefined {
  if (first.length < 4) return undefined;
  const magic = Buffer.from(first).readUInt32LE();
  if (magic === standard) return "content";
  return (magic & 0xfffffff0) >>> 0 === skippable ? "skippable" : undefined;
}

/**
 * The frames with content, each as a stream to be read to its end before the next one is asked for: Node's decompressor
 * stops behind the first, and `zstd:chunked` layers have many. `first` are the four bytes before those of the source.
 */
export async function* zstdFrames(
  first: Uint8Array,
  source: StreamSource,
): AsyncGenerator<AsyncGenerator<Uint8Array, void, void>> {
  for (let magic: Uint8Array | undefined = first; magic !== undefined; magic = await source.take(4)) {
    const kind = zstdFrameOf(magic);
    if (kind === undefined) throw new ImageUnreadable("behind a zstd frame there is something else");
    if (kind === "content") yield frame(magic, source);
    else {
      const size = (await exactly(source, 4)).readUInt32LE();
      if ((await source.skip(size)) < size) throw cut();
    }
  }
}

/** RFC 8878, §3.1.1: header, blocks up to one that says that it is the last, checksum. */
async function* frame(magic: Uint8Array, source: StreamSource): AsyncGenerator<Uint8Array, void, void> {
  const [descriptor = 0] = await exactly(source, 1);
  const singleSegment = (descriptor & 0x20) !== 0;
  const dictionary = [0, 1, 2, 4][descriptor & 3] ?? 0;
  const contentSize = [singleSegment ? 1 : 0, 2, 4, 8][descriptor >>> 6] ?? 0;
  yield Buffer.concat([magic, Buffer.of(descriptor)]);
  yield await exactly(source, (singleSegment ? 0 : 1) + dictionary + contentSize);
  for (let isLast = false; !isLast; ) {
    const header = await exactly(source, 3);
    yield header;
    const bits = header.readUIntLE(0, 3);
    isLast = (bits & 1) === 1;
    // A block of one byte that is repeated says how often, and holds it once.
    let left = ((bits >>> 1) & 3) === 1 ? 1 : bits >>> 3;
    while (left > 0) {
      const piece = await source.some(left);
      if (piece === undefined) throw cut();
      yield piece;
      left -= piece.length;
    }
  }
  if ((descriptor & 4) !== 0) yield await exactly(source, 4);
}

async function exactly(source: StreamSource, count: number): Promise<Buffer> {
  const bytes = await source.take(count);
  if (bytes === undefined || bytes.length < count) throw cut();
  return bytes;
}

const cut = () => new ImageUnreadable("a zstd frame ends in the middle");
