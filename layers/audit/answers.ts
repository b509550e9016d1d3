import { fileRecord } from "#commands/file-record.ts";
import { watchesProcesses } from "#commands/watches-processes.ts";
import { ScanError } from "#contract/errors.ts";
import type { Completed, Shell } from "#contract/shell.ts";
import { onlyReads } from "./ahead/kind.ts";
import { planAhead } from "./ahead/plan.ts";
import { type Question, questionOf, textOf } from "./ahead/question.ts";
import type { Stretch } from "./ahead/stretch.ts";
import { type Batch, type Sent, SentCommands } from "./sent.ts";

/** What a command left behind; `invented` when nobody asked the target, and the run is only a rehearsal. */
export interface Answered extends Completed {
  readonly invented?: true;
}

/** Gives what a command leaves behind, from wherever it is known. Throws a ScanError where the shell does. */
export type Answer = (command: Uint8Array, timeoutMs: number | undefined, signal: AbortSignal) => Promise<Answered>;

/** What it cost to answer. */
export interface AnswerCounters {
  /** Distinct commands that the last run asked for. */
  readonly commands: number;
  /** Distinct commands that were sent before they were asked for. */
  readonly sentAhead: number;
  /** Of the commands asked, those that had been sent ahead. */
  readonly hit: number;
  /** Sent ahead and never asked for. */
  readonly wasted: number;
  /** Times that the auditor waited for the network. */
  readonly blockingRoundTrips: number;
  readonly inTargetMs: number;
}

/** A command that the last run asked, in the order of asking, and what it took in the target. */
export interface Asked extends Question {
  readonly elapsedMs: number;
  readonly sizeBytes: number;
}

export interface AnswersOptions {
  /** What to send before it is asked. */
  readonly ahead?: readonly Stretch[];
  /** The target's commands are PowerShell's or cmd's. */
  readonly windows?: boolean;
  /** Told whenever a command of the first lane is sent or answered: how many are without an answer then. */
  readonly onTraffic?: (unanswered: number) => void;
}

/** A question of one run, and what its answer cost once it is there. */
interface Asking extends Question {
  elapsedMs: number | undefined;
  sizeBytes: number;
}

/** One run of the profile. */
interface Run {
  readonly asked: Map<string, Asking>;
  /** How many unexpected read-only commands are fetched while the run waits; then answers are invented. */
  patience: number;
  discovered: number;
  rehearsal: boolean;
  /** All that a rehearsal brings to light is under way together. */
  readonly batch: Batch;
  readonly onRehearsal: () => void;
}

const empty = new Uint8Array(0);
const nothing: Answered = {
  ...{ stdout: empty, stderr: empty, exitCode: 0, truncated: false, elapsedMs: 0, invented: true },
};
/** The record of a path where nothing is. */
const absent: Answered = { ...nothing, stdout: Buffer.from("\n\n"), exitCode: 1 };

const invented = (question: Question): Answered => (textOf(question).endsWith(fileRecord) ? absent : nothing);

/**
 * All that one scan knows of its target. A command runs there at most once, unless it only reads and something that may
 * write came in between. Answers are held until the shell has proved that it is in the target.
 */
export class Answers {
  readonly #sent: SentCommands;
  readonly #shell = Promise.withResolvers<Shell>();
  readonly #alone = Promise.withResolvers<void>();
  #second: Promise<void> = Promise.resolve();
  #stretches: readonly Stretch[];
  #run = newRun(Number.POSITIVE_INFINITY);
  #blockingRoundTrips = 0;
  readonly #windows: boolean;

  constructor({ ahead = [], windows = false, onTraffic = () => undefined }: AnswersOptions = {}) {
    this.#windows = windows;
    this.#stretches = ahead;
    if ((ahead[0]?.alone ?? []).length === 0) this.#alone.resolve();
    this.#sent = new SentCommands(onTraffic);
    this.#shell.promise.catch(() => undefined); // told to whoever asks
  }

  /** Whether something should go over a stream of its own. */
  get wantsSecondLane(): boolean {
    return (this.#stretches[0]?.second.length ?? 0) > 0;
  }

  /**
   * Sends the first stretch through a session that has not answered yet; once more when that one was no shell. While the
   * second lane looks at processes it is held back: it would be among them.
   */
  sendFirst(session: Shell): void {
    const [stretch] = this.#stretches;
    const send = () => this.#sendAnyway(stretch?.first ?? [], session, {});
    if ((stretch?.alone ?? []).length === 0) send();
    else void this.#alone.promise.then(send);
  }

  /** Sends what takes long through a session of its own, as `sendFirst` does. */
  sendSecond(session: Shell): void {
    const [stretch] = this.#stretches;
    this.#sendAnyway([...(stretch?.alone ?? []), ...(stretch?.second ?? [])], session, { aside: true });
  }

  /** Tells how the second lane came to be. Where it cannot be had, its commands go behind the rest. */
  second(lane: Promise<unknown>): void {
    this.#second = lane.then(
      () => undefined,
      async () => this.sendSecond(await this.#shell.promise),
    );
    const looks = this.#stretches[0]?.alone ?? [];
    const looked = () => Promise.allSettled(looks.map(({ key }) => this.#sent.get(key)?.answer));
    this.#second
      .then(looked)
      .catch(() => undefined) // told to whoever asks
      .finally(this.#alone.resolve);
  }

  /** From here on answers are given: the shell has proved where it is. Its error is told to every question. */
  through(shell: Shell | Promise<Shell>): void {
    Promise.resolve(shell).then(this.#shell.resolve, this.#shell.reject);
  }

  /**
   * Begins a run of the profile. Without patience it asks nothing that it would have to wait for unexpectedly, and
   * `onRehearsal` tells when the first answer is invented.
   */
  begin(patience: number, onRehearsal: () => void): Answer {
    const run = newRun(patience, onRehearsal);
    this.#run = run;
    return (command, timeoutMs, signal) => this.#ask(run, questionOf(command, timeoutMs, this.#windows), signal);
  }

  /** Whether an answer of this run was invented, so that nothing which it says counts. */
  get rehearsal(): boolean {
    return this.#run.rehearsal;
  }

  /** How many commands this run brought to light that nobody expected. */
  get discovered(): number {
    return this.#run.discovered;
  }

  /** Lays the next run out by what this one asked. */
  replan(): void {
    const remembered = [...this.#run.asked.values()].map(({ key, timeoutMs, elapsedMs = 0 }) => ({
      ...{ key, timeoutMs, unconditional: false, elapsedMs },
    }));
    this.#stretches = planAhead(remembered, () => false, { windows: this.#windows });
  }

  get counters(): AnswerCounters {
    const { asked } = this.#run;
    const { ahead, inTargetMs } = this.#sent;
    const hit = [...ahead].filter((key) => asked.has(key)).length;
    return {
      ...{ commands: asked.size, sentAhead: ahead.size, hit, wasted: ahead.size - hit },
      ...{ blockingRoundTrips: this.#blockingRoundTrips, inTargetMs: Math.round(inTargetMs) },
    };
  }

  /** What the last run asked, in its order; without what gave no answer. */
  get asked(): readonly Asked[] {
    return [...this.#run.asked.values()].flatMap(({ elapsedMs, ...asked }) =>
      elapsedMs === undefined ? [] : [{ ...asked, elapsedMs }],
    );
  }

  async #ask(run: Run, question: Question, signal: AbortSignal): Promise<Answered> {
    const shell = await this.#shell.promise;
    // The first stretch is not sent yet, and nothing of it may be sent twice.
    await this.#alone.promise;
    const asking: Asking = { ...question, elapsedMs: undefined, sizeBytes: 0 };
    run.asked.set(question.key, asking);
    const answered = await this.#answer(run, question, shell, signal);
    if (answered.invented) return answered;
    asking.elapsedMs = answered.elapsedMs;
    asking.sizeBytes = answered.stdout.length + answered.stderr.length;
    this.#sent.release(question.key, { last: run.patience === Number.POSITIVE_INFINITY });
    return answered;
  }

  async #answer(run: Run, question: Question, shell: Shell, signal: AbortSignal): Promise<Answered> {
    const sent = this.#sent.get(question.key);
    if (sent !== undefined) return this.#give(run, sent, shell, question, signal);
    if (!onlyReads(question)) return this.#fetchInOrder(run, question, shell, signal);
    const expected = this.#stretchOf(question.key);
    if (expected === undefined && (run.rehearsal || run.patience <= 0)) {
      run.discovered += 1;
      if (!run.rehearsal) run.onRehearsal();
      run.rehearsal = true;
      this.#sendNew([question], shell, run.batch);
      return invented(question);
    }
    if (expected === undefined) run.patience -= 1;
    if (watchesProcesses(textOf(question))) await this.#sent.settled();
    this.#blockingRoundTrips += 1;
    const { answer } = this.#sent.send(question, shell, { signal });
    // The rest of its stretch follows in the same flight: what it waits for, the profile has left out this time.
    if (expected !== undefined) this.#sendNew(this.#again(expected), shell, { waitedFor: true });
    return answer;
  }

  /**
   * An answer that is there or on its way. What was sent ahead and got lost is asked once more if it only reads; what ran
   * out of its time, once more for who gives it longer.
   */
  async #give(run: Run, sent: Sent, shell: Shell, question: Question, signal: AbortSignal): Promise<Answered> {
    const { batch } = sent;
    if (batch !== undefined && !batch.waitedFor && sent.elapsedMs === undefined) {
      batch.waitedFor = true;
      this.#blockingRoundTrips += 1;
    }
    try {
      return inTime(await sent.answer, question);
    } catch (error) {
      await this.#second;
      const newer = this.#sent.get(question.key);
      if (newer !== undefined && newer !== sent) return this.#give(run, newer, shell, question, signal);
      const short = error instanceof ScanError && error.code === "timeout" && isLonger(question, sent.question);
      if (short && !onlyReads(question)) return this.#fetchInOrder(run, question, shell, signal);
      const lost = error instanceof ScanError && error.code === "connection-lost" && batch !== undefined;
      if (!short && (!lost || !onlyReads(question))) throw error;
      this.#blockingRoundTrips += 1;
      return this.#sent.send(question, shell, { signal }).answer;
    }
  }

  /**
   * A command that may write, and so runs only when it is certain to be asked. All that was sent before it is let through
   * first, and what this run has not asked yet is forgotten: no answer is older than its place in the order, but that of
   * a command which was sent ahead without being understood, and so runs once.
   */
  async #fetchInOrder(run: Run, question: Question, shell: Shell, signal: AbortSignal): Promise<Answered> {
    if (run.rehearsal) return invented(question);
    this.#blockingRoundTrips += 1;
    await this.#sent.settled();
    const last = [...run.asked.keys()].at(-2);
    this.#sent.forget(run.asked);
    const { answer } = this.#sent.send(question, shell, { signal });
    const barrier = this.#stretches.findIndex((stretch) => stretch.barrier === question.key);
    const next = this.#stretches[barrier + 1];
    const current = this.#stretchOf(question.key) ?? this.#stretchOf(last);
    // Behind it in the same stream, so that waiting for it is waiting for these as well.
    if (barrier >= 0 && next !== undefined) this.#sendNew(commandsOf(next), shell, { waitedFor: true });
    else if (current !== undefined) this.#sendNew(this.#again(current), shell, { waitedFor: true });
    return answer;
  }

  #stretchOf(key: string | undefined): Stretch | undefined {
    return this.#stretches.find((stretch) => commandsOf(stretch).some((each) => each.key === key));
  }

  /** Of a stretch that has begun: what only reads, and what was sent ahead before now. */
  #again(stretch: Stretch): readonly Question[] {
    return commandsOf(stretch).filter((each) => onlyReads(each) || this.#sent.ahead.has(each.key));
  }

  #sendNew(questions: readonly Question[], shell: Shell, batch: Batch): void {
    for (const question of questions) {
      if (this.#sent.isWanting(question.key)) this.#sent.send(question, shell, { batch });
    }
  }

  #sendAnyway(questions: readonly Question[], shell: Shell, { aside }: { readonly aside?: true }): void {
    const batch: Batch = { waitedFor: false };
    for (const question of questions) this.#sent.send(question, shell, { batch, ...(aside && { aside }) });
  }
}

const newRun = (patience: number, onRehearsal: () => void = () => undefined): Run => ({
  ...{ asked: new Map(), patience, discovered: 0, rehearsal: false, batch: { waitedFor: false }, onRehearsal },
});

const commandsOf = ({ alone, first, second }: Stretch): readonly Question[] => [...alone, ...first, ...second];

/** A command that was sent without a time of its own, and took longer than the profile allows it. */
function inTime(completed: Completed, { timeoutMs }: Question): Completed {
  if (timeoutMs === undefined || completed.elapsedMs <= timeoutMs) return completed;
  throw new ScanError("timeout", `the command did not end within ${timeoutMs / 1000} s`);
}

/** Whether a question gives a command more time than one that bounded it. */
const isLonger = ({ timeoutMs = Number.POSITIVE_INFINITY }: Question, { timeoutMs: bound }: Question): boolean =>
  bound !== undefined && timeoutMs > bound;
