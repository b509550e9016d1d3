import type { Completed, Shell } from "#contract/shell.ts";
import { looks, onlyReads } from "./ahead/kind.ts";
import { bytesOf, type Question } from "./ahead/question.ts";

/** Commands that were sent together: waiting for one of them is waiting for all. */
export interface Batch {
  waitedFor: boolean;
}

/** One command that was sent, and what came or will come of it. */
export interface Sent {
  readonly question: Question;
  readonly answer: Promise<Completed>;
  /** Undefined for what was sent when it was asked for. */
  readonly batch: Batch | undefined;
  /** Known once it is answered. */
  elapsedMs: number | undefined;
}

/** Answers up to this size are kept for another run of the profile, and are worth sending ahead. */
export const largestKeptBytes = 4 * 1024 * 1024;

interface SendOptions {
  readonly batch?: Batch;
  readonly signal?: AbortSignal;
  /** Goes over the second lane: what is under way there does not make the first one busy. */
  readonly aside?: boolean;
}

/** Every command that one scan has sent, by its text. */
export class SentCommands {
  readonly #sent = new Map<string, Sent>();
  readonly #ahead = new Set<string>();
  readonly #onTraffic: (unanswered: number) => void;
  #unanswered = 0;
  #inTargetMs = 0;

  constructor(onTraffic: (unanswered: number) => void) {
    this.#onTraffic = onTraffic;
  }

  get(key: string): Sent | undefined {
    return this.#sent.get(key);
  }

  /** Keys of all that was ever sent before it was asked for. */
  get ahead(): ReadonlySet<string> {
    return this.#ahead;
  }

  get inTargetMs(): number {
    return this.#inTargetMs;
  }

  /** Sends a command, in place of an earlier one with the same text. Its error is told to whoever awaits the answer. */
  send(question: Question, shell: Pick<Shell, "run">, { batch, signal, aside = false }: SendOptions): Sent {
    const { key, timeoutMs } = question;
    if (batch !== undefined) this.#ahead.add(key);
    const answer = shell.run(bytesOf(question), {
      ...(timeoutMs !== undefined && { timeoutMs }),
      ...(signal && { signal }),
    });
    const sent: Sent = { question, answer, batch, elapsedMs: undefined };
    this.#sent.set(key, sent);
    if (!aside) this.#count(1);
    answer
      .then(
        ({ elapsedMs }) => {
          sent.elapsedMs = elapsedMs;
          this.#inTargetMs += elapsedMs;
        },
        () => {
          // What was broken off because nobody waited for it any more may be asked again.
          if (signal?.aborted && onlyReads(question)) this.#sent.delete(key);
        },
      )
      .finally(() => (aside ? undefined : this.#count(-1)));
    return sent;
  }

  /** Lets go of a large answer that was given: it can be had again, and memory would not hold many. */
  release(question: Question & { readonly sizeBytes: number }): void {
    if (question.sizeBytes > largestKeptBytes && onlyReads(question)) this.#sent.delete(question.key);
  }

  /** Resolves when all that was sent so far has ended, well or not. */
  async settled(): Promise<void> {
    await Promise.allSettled([...this.#sent.values()].map(({ answer }) => answer));
  }

  /**
   * Forgets answers of what only reads, and of what was sent ahead as it seems only to look, but those of `kept`: something
   * may have changed them since. An earlier run may have asked for them; that was before, all the same.
   */
  forget(kept: ReadonlyMap<string, unknown>): void {
    for (const [key, { question, batch }] of this.#sent) {
      const again = onlyReads(question) || (batch !== undefined && looks(question));
      if (again && !kept.has(key)) this.#sent.delete(key);
    }
  }

  #count(change: number): void {
    this.#unanswered += change;
    this.#onTraffic(this.#unanswered);
  }
}
