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
  sizeBytes: number;
  /** How many commands that may write had been sent before it. */
  readonly writes: number;
  /** A run of the profile has had the answer; `last` when no other run follows. */
  given: "last" | "first" | undefined;
}

/** Answers up to this size are kept for another run of the profile, and are worth sending ahead. */
export const largestKeptBytes = 4 * 1024 * 1024;
/** And up to this sum: many scans share one memory. */
export const mostKeptBytes = 64 * 1024 * 1024;

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
  readonly #letGo = new Set<string>();
  readonly #onTraffic: (unanswered: number) => void;
  #unanswered = 0;
  #keptBytes = 0;
  #writes = 0;
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

  /** Whether a command may be sent before it is asked for: not when it was before, and its answer found no room. */
  isWanting(key: string): boolean {
    return !this.#sent.has(key) && !this.#letGo.has(key);
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
    if (!onlyReads(question)) this.#writes += 1;
    const fresh = { elapsedMs: undefined, sizeBytes: 0, given: undefined };
    const sent: Sent = { question, answer, batch, writes: this.#writes, ...fresh };
    this.#drop(key);
    this.#sent.set(key, sent);
    if (!aside) this.#count(1);
    answer
      .then(
        (completed) => this.#keep(sent, completed),
        () => {
          // What was broken off because nobody waited for it any more may be asked again.
          if (signal?.aborted && onlyReads(question)) this.#drop(key);
        },
      )
      .finally(() => (aside ? undefined : this.#count(-1)));
    return sent;
  }

  /** An answer was given, in the last run of the profile or before it. A large one is let go of, if it can be. */
  release(key: string, { last }: { readonly last: boolean }): void {
    const sent = this.#sent.get(key);
    if (sent === undefined) return;
    sent.given = last ? "last" : "first";
    if (sent.sizeBytes > largestKeptBytes) this.#letGoOf(sent);
  }

  /** Resolves when all that was sent so far has ended, well or not. Holds no answers while it waits. */
  async settled(): Promise<void> {
    const nothing = () => undefined;
    await Promise.all([...this.#sent.values()].map(({ answer }) => answer.then(nothing, nothing)));
  }

  /**
   * Forgets answers of what only reads, and of what was sent ahead as it seems only to look, but those of `kept`: something
   * may have changed them since. An earlier run may have asked for them; that was before, all the same.
   */
  forget(kept: ReadonlyMap<string, unknown>): void {
    for (const [key, { question, batch }] of this.#sent) {
      const again = onlyReads(question) || (batch !== undefined && looks(question));
      if (again && !kept.has(key)) this.#drop(key);
    }
  }

  #keep(sent: Sent, { stdout, stderr, elapsedMs }: Completed): void {
    sent.elapsedMs = elapsedMs;
    this.#inTargetMs += elapsedMs;
    if (this.#sent.get(sent.question.key) !== sent) return;
    sent.sizeBytes = stdout.length + stderr.length;
    this.#keptBytes += sent.sizeBytes;
    if (this.#keptBytes > mostKeptBytes) this.#makeRoomFor(sent);
  }

  /**
   * What a run has had already goes first, the largest before the others, and so much that not each answer has to look for
   * room; then what came last, for it is asked last.
   */
  #makeRoomFor(newest: Sent): void {
    const had = [...this.#sent.values()].filter(({ given }) => given !== undefined);
    for (const sent of had.sort((one, other) => other.sizeBytes - one.sizeBytes)) {
      if (this.#keptBytes <= mostKeptBytes * 0.75) return;
      this.#letGoOf(sent);
    }
    if (this.#keptBytes > mostKeptBytes) this.#letGoOf(newest);
  }

  /** Only of what nobody will ask again, or what can be had again: nothing that may write was sent since. */
  #letGoOf({ question, given, writes }: Sent): void {
    if (!onlyReads(question) || (given !== "last" && writes < this.#writes)) return;
    this.#letGo.add(question.key);
    this.#drop(question.key);
  }

  #drop(key: string): void {
    this.#keptBytes -= this.#sent.get(key)?.sizeBytes ?? 0;
    this.#sent.delete(key);
  }

  #count(change: number): void {
    this.#unanswered += change;
    this.#onTraffic(this.#unanswered);
  }
}
