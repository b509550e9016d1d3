/** Middleboxes forget a silent connection after minutes, and a pong proves only the nearest hop. */
const usualMs = 60_000;
const answerMs = 15_000;

export interface IdleBeatParts {
  /** A no-op all the way through the loop. */
  readonly beat: () => Promise<unknown>;
  /** Called when a no-op was not answered in time. */
  readonly late: () => void;
  readonly everyMs: number | undefined;
}

/** A no-op after each silence: it keeps the way open, and finds out when it is not. */
export class IdleBeat {
  readonly #parts: IdleBeatParts;
  #timer: NodeJS.Timeout | undefined;

  constructor(parts: IdleBeatParts) {
    this.#parts = parts;
  }

  /** A silence begins. */
  rest(): void {
    this.stop();
    this.#timer = setTimeout(() => {
      const late = setTimeout(this.#parts.late, answerMs);
      this.#parts
        .beat()
        .catch(() => undefined)
        .finally(() => clearTimeout(late));
    }, this.#parts.everyMs ?? usualMs);
    this.#timer.unref();
  }

  stop(): void {
    clearTimeout(this.#timer);
  }
}
