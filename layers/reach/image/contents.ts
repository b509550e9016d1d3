import type { ImageLimits } from "./limits.ts";
import { bytesAt, documentAt } from "./stored/files.ts";
import type { StoredLayer } from "./stored/parts.ts";
import { StreamSource } from "./tar/byte-source.ts";
import type { Inode } from "./tree.ts";
import { packingOf, unpacked } from "./unpacked.ts";
import { ImageUnreadable } from "./unreadable.ts";

interface Wish {
  readonly inode: Inode;
  readonly bytes: number;
  readonly settle: { resolve(content: Uint8Array): void; reject(error: unknown): void };
}

/**
 * The contents of files. What was not kept is read from its layer again: at its place where the layer is a plain tar on
 * this machine, else by one more pass over the layer for all that is wanted of it at the time.
 */
export class Contents {
  readonly #layers: readonly StoredLayer[];
  readonly #limits: ImageLimits;
  readonly #signal: AbortSignal;
  readonly #wishes = new Map<number, Wish[]>();
  readonly #passing = new Set<number>();
  readonly #recent = new Map<Inode, Uint8Array>();
  #recentBytes = 0;
  /** Passes over whole layers so far. */
  passes = 0;

  /** `signal` ends every reading: of the whole scan, since one pass serves many questions. */
  constructor(layers: readonly StoredLayer[], limits: ImageLimits, signal: AbortSignal) {
    this.#layers = layers;
    this.#signal = signal;
    this.#limits = limits;
  }

  /** A file's first bytes, as many as an answer may have; all of them where it has no more. */
  async read(inode: Inode): Promise<Uint8Array> {
    if (inode.sparse) throw new ImageUnreadable("a file is stored with holes left out, which is not understood");
    const bytes = Math.min(inode.sizeBytes, this.#limits.answerBytes);
    if (bytes === 0) return new Uint8Array(0);
    const kept = inode.content ?? this.#recent.get(inode);
    if (kept !== undefined) return kept;
    const layer = this.#layers[inode.layer];
    if (layer === undefined) throw new ImageUnreadable("a file is of no layer");
    return (await this.#inPlace(layer, inode, bytes)) ?? this.#wish(layer, { inode, bytes });
  }

  async #inPlace({ place }: StoredLayer, { offset }: Inode, bytes: number): Promise<Uint8Array | undefined> {
    if (place === undefined || packingOf(await documentAt({ ...place, sizeBytes: 4 }, 4)) !== "none") return undefined;
    const whole = Buffer.alloc(bytes);
    let done = 0;
    for await (const piece of bytesAt(
      { file: place.file, from: place.from + offset, sizeBytes: bytes },
      this.#signal,
    )) {
      whole.set(piece, done);
      done += piece.length;
    }
    return whole;
  }

  #wish(layer: StoredLayer, wanted: Pick<Wish, "inode" | "bytes">): Promise<Uint8Array> {
    const { promise, resolve, reject } = Promise.withResolvers<Uint8Array>();
    const at = wanted.inode.layer;
    const wishes = this.#wishes.get(at) ?? [];
    wishes.push({ ...wanted, settle: { resolve, reject } });
    this.#wishes.set(at, wishes);
    if (!this.#passing.has(at)) {
      this.#passing.add(at);
      // Questions come many at once: those that arrive in the same turn share a pass.
      setImmediate(() => this.#passUntilNone(layer, at));
    }
    return promise;
  }

  async #passUntilNone(layer: StoredLayer, at: number): Promise<void> {
    for (let wishes = this.#taken(at); wishes.length > 0; wishes = this.#taken(at)) {
      try {
        await this.#pass(layer, wishes);
      } catch (error) {
        for (const { settle } of wishes) settle.reject(error);
      }
    }
    this.#passing.delete(at);
  }

  /** The oldest wishes of a layer, as many as fit in memory at once, in the order of the layer. */
  #taken(at: number): readonly Wish[] {
    const wishes = this.#wishes.get(at) ?? [];
    let [count, bytes] = [0, 0];
    for (const wish of wishes) {
      bytes += wish.bytes;
      if (bytes > this.#limits.keptBytes && count > 0) break;
      count += 1;
    }
    const taken = wishes.splice(0, count);
    return taken.sort((a, b) => a.inode.offset - b.inode.offset);
  }

  /** Nothing is handed out before the whole layer had its digest again: a registry could tell something else now. */
  async #pass(layer: StoredLayer, wishes: readonly Wish[]): Promise<void> {
    this.passes += 1;
    const source = new StreamSource(unpacked(layer, this.#signal));
    const found = new Map<Inode, Uint8Array>();
    try {
      for (const { inode, bytes } of wishes) {
        if (found.has(inode)) continue;
        await source.skip(inode.offset - source.position);
        const content = await source.take(bytes);
        if (content?.length !== bytes) throw new ImageUnreadable(`${layer.name} ends in the middle`);
        found.set(inode, content);
      }
      await source.drain();
    } finally {
      await source.close();
    }
    for (const { inode, settle } of wishes) {
      const content = found.get(inode) ?? new Uint8Array(0);
      this.#remember(inode, content);
      settle.resolve(content);
    }
  }

  #remember(inode: Inode, content: Uint8Array): void {
    if (this.#recent.has(inode) || content.length > this.#limits.keptBytes / 4) return;
    this.#recent.set(inode, content);
    this.#recentBytes += content.length;
    for (const [oldest, { length }] of this.#recent) {
      if (this.#recentBytes <= this.#limits.keptBytes) return;
      this.#recent.delete(oldest);
      this.#recentBytes -= length;
    }
  }
}
