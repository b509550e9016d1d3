import { Kept } from "./kept.ts";

/** What one stream carried between a command's two marks. */
export interface Marked {
  readonly bytes: Uint8Array;
  /** True when bytes beyond the cap were thrown away. */
  readonly truncated: boolean;
  /** What stood behind the end mark on its line. */
  readonly note: string;
}

/** One command's place in a stream. */
export interface Expectation {
  /** Without it the output begins where the command before ended. */
  readonly begin: string | undefined;
  readonly end: string;
  /** Gets what stands behind the begin mark. */
  readonly begun: (note: string) => void;
  /** Gets the output. True: all that comes from now on belongs to this command as well, and `rest` gives it. */
  readonly done: (marked: Marked) => boolean;
}

/** A mark's line is the mark, a blank and a few numbers; more than this after a mark is not ours. */
const longestNote = 1024;

/**
 * Cuts one output stream of the loop shell into the outputs of its commands, in order. Only new bytes are searched.
 * What arrives before a begin mark comes from processes that an earlier command left behind; it is counted and kept apart.
 */
export class MarkedStream {
  lateBytes = 0;
  readonly #capBytes: number;
  readonly #expected: Expectation[] = [];
  #inside = false;
  #over = false;
  #rest: Buffer = Buffer.alloc(0);
  #kept: Kept;

  constructor(capBytes: number) {
    this.#capBytes = capBytes;
    this.#kept = new Kept(capBytes);
  }

  /** Announces the next command. */
  expect(expectation: Expectation): void {
    this.#expected.push(expectation);
    if (this.#expected.length === 1) this.#inside = expectation.begin === undefined;
  }

  /** What the command that runs now has written so far; of a command that owns the stream's end, all of it. */
  rest(): Omit<Marked, "note"> {
    const { bytes, truncated } = this.#kept;
    return { bytes, truncated };
  }

  push(bytes: Uint8Array): void {
    if (this.#over) {
      this.#kept.take(bytes);
      return;
    }
    let data = this.#rest.length === 0 ? Buffer.from(bytes) : Buffer.concat([this.#rest, bytes]);
    this.#rest = Buffer.alloc(0);
    while (data.length > 0) {
      const current = this.#expected[0];
      if (this.#over || current === undefined) {
        this.#take(data);
        return;
      }
      const mark = Buffer.from((this.#inside ? undefined : current.begin) ?? current.end);
      const at = data.indexOf(mark);
      if (at < 0) {
        const sure = Math.max(0, data.length - mark.length + 1);
        this.#take(data.subarray(0, sure));
        this.#rest = Buffer.from(data.subarray(sure));
        return;
      }
      const newline = data.indexOf(0x0a, at + mark.length);
      this.#take(data.subarray(0, at));
      if (newline < 0 && data.length - at - mark.length < longestNote) {
        this.#rest = Buffer.from(data.subarray(at));
        return;
      }
      const noteEnd = newline < 0 ? at + mark.length : newline;
      const note = data
        .subarray(at + mark.length, noteEnd)
        .toString("latin1")
        .trim();
      data = data.subarray(newline < 0 ? noteEnd : newline + 1);
      this.#turn(current, note);
    }
  }

  #take(bytes: Buffer): void {
    if (this.#inside) this.#kept.take(bytes);
    else this.lateBytes += bytes.length;
  }

  #turn(current: Expectation, note: string): void {
    if (!this.#inside) {
      this.#inside = true;
      current.begun(note);
      return;
    }
    this.#expected.shift();
    if (current.done({ ...this.rest(), note })) {
      this.#over = true;
      return;
    }
    this.#kept = new Kept(this.#capBytes);
    const next = this.#expected[0];
    this.#inside = next !== undefined && next.begin === undefined;
  }
}
