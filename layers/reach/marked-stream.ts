/** What one stream carried between a command's two marks. */
export interface Marked {
  readonly bytes: Uint8Array;
  /** True when bytes beyond the cap were thrown away. */
  readonly truncated: boolean;
  /** What stood behind the end mark on its line. */
  readonly note: string;
}

interface Expectation {
  readonly begin: Buffer;
  readonly end: Buffer;
  readonly begun: (note: string) => void;
  readonly done: (marked: Marked) => void;
}

/** A mark's line is the mark, a blank and a few digits; more than this after a mark is not ours. */
const longestNote = 32;

/**
 * Cuts one output stream of the loop shell into the outputs of its commands, in order. Only new bytes are searched.
 * What arrives between two commands comes from children that a command left behind; it is counted and kept apart.
 */
export class MarkedStream {
  lateBytes = 0;
  readonly #capBytes: number;
  readonly #expected: Expectation[] = [];
  #inside = false;
  #rest: Buffer = Buffer.alloc(0);
  #kept: Buffer[] = [];
  #keptBytes = 0;
  #truncated = false;

  constructor(capBytes: number) {
    this.#capBytes = capBytes;
  }

  /** Announces the next command. `begun` and `done` get what stands behind the begin and the end mark. */
  expect(marks: { begin: string; end: string }, begun: (note: string) => void, done: (marked: Marked) => void): void {
    this.#expected.push({ begin: Buffer.from(marks.begin), end: Buffer.from(marks.end), begun, done });
  }

  /** What the command that runs now has written so far. */
  partial(): Uint8Array {
    return Buffer.concat(this.#kept);
  }

  push(bytes: Uint8Array): void {
    let data = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    this.#rest = Buffer.alloc(0);
    while (data.length > 0) {
      const current = this.#expected[0];
      if (current === undefined) {
        this.lateBytes += data.length;
        return;
      }
      const mark = this.#inside ? current.end : current.begin;
      const at = data.indexOf(mark);
      if (at < 0) {
        const sure = Math.max(0, data.length - mark.length + 1);
        this.#take(data.subarray(0, sure));
        this.#rest = Buffer.from(data.subarray(sure));
        return;
      }
      const newline = data.indexOf(0x0a, at + mark.length);
      if (newline < 0 && data.length - at - mark.length < longestNote) {
        this.#take(data.subarray(0, at));
        this.#rest = Buffer.from(data.subarray(at));
        return;
      }
      this.#take(data.subarray(0, at));
      const note = data
        .subarray(at + mark.length, newline < 0 ? at + mark.length : newline)
        .toString("latin1")
        .trim();
      data = data.subarray(newline < 0 ? at + mark.length : newline + 1);
      this.#turn(current, note);
    }
  }

  #take(bytes: Buffer): void {
    if (bytes.length === 0) return;
    if (!this.#inside) {
      this.lateBytes += bytes.length;
      return;
    }
    const room = this.#capBytes - this.#keptBytes;
    if (bytes.length > room) this.#truncated = true;
    const kept = Buffer.from(bytes.subarray(0, Math.max(0, room)));
    this.#keptBytes += kept.length;
    if (kept.length > 0) this.#kept.push(kept);
  }

  #turn(current: Expectation, note: string): void {
    if (!this.#inside) {
      this.#inside = true;
      current.begun(note);
      return;
    }
    const marked = { bytes: Buffer.concat(this.#kept), truncated: this.#truncated, note };
    this.#inside = false;
    this.#kept = [];
    this.#keptBytes = 0;
    this.#truncated = false;
    this.#expected.shift();
    current.done(marked);
  }
}
