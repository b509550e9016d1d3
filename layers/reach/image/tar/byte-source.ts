import type { FileHandle } from "node:fs/promises";

/** Bytes read in order. Undefined from `take` means that they ended before the first of those asked for. */
export interface ByteSource {
  readonly position: number;
  /** Exactly `count` bytes, or fewer where they end. */
  take(count: number): Promise<Buffer | undefined>;
  /** Steps over `count` bytes and gives how many there were. */
  skip(count: number): Promise<number>;
}

/** Over a stream: what is stepped over is read and dropped. */
export class StreamSource implements ByteSource {
  readonly #chunks: AsyncIterator<Uint8Array>;
  #chunk: Uint8Array = new Uint8Array(0);
  position = 0;

  constructor(chunks: AsyncIterable<Uint8Array>) {
    this.#chunks = chunks[Symbol.asyncIterator]();
  }

  /** The next bytes, whatever their number, up to `most`; undefined at the end. */
  async some(most: number): Promise<Uint8Array | undefined> {
    while (this.#chunk.length === 0) {
      const { done, value } = await this.#chunks.next();
      if (done) return undefined;
      this.#chunk = value;
    }
    const piece = this.#chunk.subarray(0, most);
    this.#chunk = this.#chunk.subarray(piece.length);
    this.position += piece.length;
    return piece;
  }

  async take(count: number): Promise<Buffer | undefined> {
    const pieces: Uint8Array[] = [];
    let missing = count;
    while (missing > 0) {
      const piece = await this.some(missing);
      if (piece === undefined) break;
      // Its memory may be used again for the next piece.
      pieces.push(missing === piece.length ? piece : Uint8Array.from(piece));
      missing -= piece.length;
    }
    if (missing === count && count > 0) return undefined;
    return Buffer.concat(pieces); // a copy: a small file must not keep the chunk that it came in
  }

  async skip(count: number): Promise<number> {
    let missing = count;
    while (missing > 0) {
      const piece = await this.some(missing);
      if (piece === undefined) break;
      missing -= piece.length;
    }
    return count - missing;
  }

  /** Ends the stream early, or reads what is left of it. */
  async close(): Promise<void> {
    await this.#chunks.return?.();
  }

  async drain(): Promise<void> {
    while ((await this.some(Number.MAX_SAFE_INTEGER)) !== undefined);
  }
}

/** Over an open file: what is stepped over is not read. */
export class FileSource implements ByteSource {
  readonly #file: FileHandle;
  readonly #size: number;
  position = 0;

  constructor(file: FileHandle, size: number) {
    this.#file = file;
    this.#size = size;
  }

  async take(count: number): Promise<Buffer | undefined> {
    const buffer = Buffer.alloc(Math.min(count, Math.max(0, this.#size - this.position)));
    if (buffer.length === 0 && count > 0) return undefined;
    const { bytesRead } = await this.#file.read(buffer, 0, buffer.length, this.position);
    this.position += bytesRead;
    return buffer.subarray(0, bytesRead);
  }

  async skip(count: number): Promise<number> {
    const there = Math.min(count, Math.max(0, this.#size - this.position));
    this.position += there;
    return there;
  }
}
