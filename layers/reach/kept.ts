/** Output up to a cap. What is beyond it is thrown away, and told. */
export class Kept {
  truncated = false;
  readonly #capBytes: number;
  readonly #pieces: Buffer[] = [];
  #sizeBytes = 0;

  constructor(capBytes: number) {
    this.#capBytes = capBytes;
  }

  get bytes(): Uint8Array {
    return Buffer.concat(this.#pieces);
  }

  take(bytes: Uint8Array): void {
    const room = this.#capBytes - this.#sizeBytes;
    if (bytes.length > room) this.truncated = true;
    if (bytes.length === 0 || room <= 0) return;
    const piece = Buffer.from(bytes.subarray(0, room));
    this.#sizeBytes += piece.length;
    this.#pieces.push(piece);
  }
}
