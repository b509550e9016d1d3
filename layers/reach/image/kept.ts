const slabBytes = 2 ** 20;

/**
 * Memory for many small contents, in slabs that hold nothing else. A buffer of its own for each costs more than most
 * files have, and one out of Node's pool keeps everything alive that came by at the same time.
 */
export class KeptContents {
  #slab = Buffer.alloc(0);
  #used = 0;

  /** A copy of the bytes, for as long as somebody holds it. */
  copy(bytes: Uint8Array): Buffer {
    if (this.#used + bytes.length > this.#slab.length) {
      this.#slab = Buffer.allocUnsafeSlow(Math.max(slabBytes, bytes.length));
      this.#used = 0;
    }
    const place = this.#slab.subarray(this.#used, this.#used + bytes.length);
    place.set(bytes);
    this.#used += bytes.length;
    return place;
  }
}
