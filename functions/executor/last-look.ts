/**
 * The last look at the pod, after which no answer counts. It costs a round trip, so it begins as soon as the target has
 * been quiet for a moment, while the auditor still works on what it was told; an answer that comes later makes it void.
 */
export class LastLook {
  readonly #look: () => Promise<void>;
  readonly #quietMs: number;
  #timer: NodeJS.Timeout | undefined;
  #looking: Promise<void> | undefined;

  constructor(look: () => Promise<void>, quietMs = 30) {
    this.#look = look;
    this.#quietMs = quietMs;
  }

  /** Told of every change: how many commands are without an answer. */
  hear(unanswered: number): void {
    clearTimeout(this.#timer);
    this.#looking = undefined;
    if (unanswered === 0) this.#timer = setTimeout(() => this.#begin(), this.#quietMs);
  }

  /** Resolves when the pod was seen unchanged after the last answer; rejects with what became of it. */
  async done(): Promise<void> {
    clearTimeout(this.#timer);
    await (this.#looking ?? this.#begin());
  }

  /** Nobody will ask any more. */
  release(): void {
    clearTimeout(this.#timer);
  }

  #begin(): Promise<void> {
    this.#looking = this.#look();
    this.#looking.catch(() => undefined); // told by done()
    return this.#looking;
  }
}
