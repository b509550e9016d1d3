import type { ExecEnd } from "#cluster/exec/exit.ts";
import { abortError, ScanError } from "#contract/errors.ts";
import type { Completed, RunOptions, Shell } from "#contract/shell.ts";
import { Answers } from "./answers.ts";
import { answer, type Command, freshMarks, mayHoldShellsWords, newCommand } from "./command.ts";
import { IdleBeat } from "./idle-beat.ts";
import { defaultLimits, type SessionLimits } from "./limits.ts";
import { endingOf, greeting } from "./loop.ts";
import { lossOf, ranNothing, SessionRefused, unsent } from "./loss.ts";
import { reachesPast } from "./reaching.ts";
import { type Line, Script, type Spoken } from "./script.ts";
import type { SessionParts, Stream } from "./session-parts.ts";

/** An unread stdin blocks pongs and close signals on the server's side. */
const windowBytes = 32 * 1024;
const greetingTimeoutMs = 30_000;
/** A command that goes alone travels in the request's URL. */
const longestAloneBytes = 2048;
/** How long an ended command may take to come back before the whole session counts as lost. */
const graceMs = 10_000;

/**
 * One shell in one container that runs commands one after the other, each in a process of its own, all over one exec
 * stream. Commands are sent ahead; answers are told apart by fresh random marks.
 */
export class Session implements Shell {
  readonly way = "shell";
  readonly #parts: SessionParts;
  readonly #channel: Stream;
  readonly #script: Script;
  readonly #limits: SessionLimits;
  readonly #answers: Answers;
  readonly #idle: IdleBeat;
  readonly #waiting: Command[] = [];
  readonly #sent: Command[] = [];
  readonly #now: () => number;
  #sentBytes = 0;
  #stops = 0;
  #alone = 0;
  #lastAlone: Promise<unknown> = Promise.resolve();
  #greeted = false;
  #loopPid = 0;
  #ended: ExecEnd | undefined;
  /** The command that left processes behind: the loop has ended, and what still comes is that command's output. */
  #heir: Command | undefined;
  #holders: readonly number[] = [];
  #grace: NodeJS.Timeout | undefined;
  #stalls = 0;
  #verdict: ScanError | undefined;
  #lastWords = "";

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#script = new Script(parts.shell, parts.known);
    this.#limits = { ...defaultLimits, ...parts.limits };
    this.#answers = new Answers(this.#limits.commandBytes, {
      began: (command, pid) => this.#began(command, pid),
      next: (command) => this.#sent[this.#sent.indexOf(command) + 1],
      complete: (command) => this.#settle(command),
    });
    this.#now = parts.now ?? (() => performance.now());
    const beat = () => this.run(":");
    this.#idle = new IdleBeat({ beat, late: () => this.#giveUp(), everyMs: parts.idleMs });
    this.#channel = parts.open({
      stdout: (bytes) => this.#hear("stdout", bytes),
      stderr: (bytes) => this.#hear("stderr", bytes),
      end: (how) => this.#end(how),
    });
  }

  /**
   * Resolves when the shell has proved that it is one. Before that, its end is told by `SessionRefused`. Commands may be
   * run at once, without waiting: they travel with the greeting.
   */
  async greet(signal?: AbortSignal): Promise<void> {
    const greeted = this.#submit(undefined, { timeoutMs: greetingTimeoutMs, ...(signal && { signal }) });
    this.#lastAlone = greeted.catch(() => undefined);
    await greeted;
  }

  run(command: string | Uint8Array, options: RunOptions = {}): Promise<Completed> {
    const bytes = Buffer.from(command);
    const { alone } = this.#parts;
    const fits = options.stdin === undefined && bytes.length <= longestAloneBytes && this.open;
    if (alone !== undefined && fits && reachesPast(bytes.toString("latin1"))) {
      this.#alone += 1;
      const running = this.#lastAlone.then(() => {
        if (!this.#greeted) throw unsent(this.#lost(this.#ended ?? { kind: "closed" }));
        return alone(bytes.toString("utf8"), options);
      });
      this.#lastAlone = running.catch(() => undefined);
      return running;
    }
    try {
      return this.#submit(this.#script.spoken(bytes, options.stdin), options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Ends what runs in the container, loop and all, then the stream: a process outlives the stream it came over. */
  async close(): Promise<void> {
    for (const command of this.#sent) command.doom ??= this.#lost({ kind: "closed" });
    if (this.#ended === undefined && this.#sent.length > 0)
      await Promise.all(this.#stop([this.#loopPid, ...this.#holders]));
    this.#channel.close();
  }

  /** Exec streams that this session took: its own, one a killed command, one a command that ran alone. */
  get execStreams(): number {
    return 1 + this.#stops + this.#alone;
  }

  /** Bytes that came from and went to the container, and how often a command waited for the window. */
  get traffic(): { readonly bytesIn: number; readonly bytesOut: number; readonly stalls: number } {
    return { bytesIn: this.#channel.bytesIn, bytesOut: this.#channel.bytesOut, stalls: this.#stalls };
  }

  /** Whether commands can still be run. */
  get open(): boolean {
    return this.#ended === undefined && this.#heir === undefined;
  }

  /** Whether it ended because a command left processes behind that still write. */
  get handedOver(): boolean {
    return this.#heir !== undefined;
  }

  #submit(spoken: Spoken | undefined, options: RunOptions): Promise<Completed> {
    if (!this.open) return Promise.reject(unsent(this.#lost(this.#ended)));
    const { command, promise } = newCommand(spoken, options.timeoutMs);
    const { signal } = options;
    if (signal?.aborted) return Promise.reject(abortError(signal, "the command"));
    const abort = () => signal && this.#doom(command, abortError(signal, "the command"));
    signal?.addEventListener("abort", abort, { once: true });
    this.#waiting.push(command);
    this.#send();
    return promise.finally(() => {
      clearTimeout(command.timer);
      signal?.removeEventListener("abort", abort);
    });
  }

  /** Sends what fits into the window; a command larger than the window goes alone. */
  #send(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const first = this.#sent.length === 0;
      const { text, begins } = this.#lineOf(next, first);
      if (!first && this.#sentBytes + text.length > windowBytes) {
        this.#stalls += 1;
        return;
      }
      this.#idle.stop();
      this.#waiting.shift();
      this.#sent.push(next);
      next.sentBytes = text.length;
      this.#sentBytes += text.length;
      this.#answers.expect(next, begins);
      if (next.spoken !== undefined) this.#script.sent(next.spoken);
      if (first) this.#startClock(next);
      this.#channel.write(text);
    }
  }

  #lineOf({ spoken, marks }: Command, first: boolean): Line {
    if (spoken !== undefined) return this.#script.line(spoken, marks, first);
    return { text: Buffer.from(greeting(this.#parts.shell, marks)), begins: { stdout: true, stderr: true } };
  }

  #began(command: Command, pid: number): void {
    command.pid = pid;
    if (command.spoken === undefined) this.#loopPid = pid;
    if (command.doom !== undefined) this.#kill(command);
  }

  #hear(stream: "stdout" | "stderr", bytes: Uint8Array): void {
    // Before the greeting the words may be the runtime's: some tell on stderr or stdout that there is no shell.
    if (!this.#greeted && this.#lastWords.length < 4096) this.#lastWords += Buffer.from(bytes).toString("utf8");
    this.#answers[stream].push(bytes);
    if (this.#channel.bytesIn > this.#limits.sessionBytes) {
      this.#verdict ??= new ScanError("too-large", `the container sent over ${this.#limits.sessionBytes} bytes`);
      this.#channel.close();
    }
  }

  #startClock(command: Command): void {
    command.startedMs = this.#now();
    if (command.timeoutMs === undefined) return;
    const seconds = command.timeoutMs / 1000;
    command.timer = setTimeout(
      () => this.#doom(command, new ScanError("timeout", `the command did not end within ${seconds} s`)),
      command.timeoutMs,
    );
  }

  #settle(command: Command): void {
    const { stdout, stderr } = command;
    if (stdout === undefined || stderr === undefined) return;
    if (command.spoken === undefined) this.#greeted = true;
    const { holders } = endingOf(stdout.note);
    if (holders.length > 0) {
      this.#handOver(command, holders);
      return;
    }
    this.#sent.shift();
    if (command.doom !== undefined) {
      clearTimeout(this.#grace);
      this.#grace = undefined;
    }
    this.#sentBytes -= command.sentBytes;
    if (mayHoldShellsWords(command)) this.#again(command);
    else answer(command, { stdout, stderr }, this.#now());
    const next = this.#sent[0];
    if (next !== undefined) this.#startClock(next);
    this.#send();
    if (this.#sent.length === 0) this.#idle.rest();
  }

  #again(command: Command): void {
    clearTimeout(command.timer);
    if (command.spoken !== undefined) command.spoken = { ...command.spoken, word: "s" };
    command.marks = freshMarks();
    command.stdout = undefined;
    command.stderr = undefined;
    command.pid = 0;
    this.#waiting.unshift(command);
  }

  /** What the command left behind writes on, and one exec would wait for it. Nothing that was sent after it ever runs. */
  #handOver(command: Command, holders: readonly number[]): void {
    this.#heir = command;
    this.#holders = holders;
    this.#sent.shift();
    const error = this.#lost(undefined);
    for (const other of [...this.#sent.splice(0), ...this.#waiting.splice(0)])
      other.reject(other.doom ?? unsent(error));
    this.#sent.push(command);
    if (command.doom !== undefined) this.#kill(command);
  }

  /** Ends a command early. One that was not sent yet is dropped; one that runs is killed where it runs. */
  #doom(command: Command, why: ScanError): void {
    if (command.doom !== undefined) return;
    command.doom = why;
    const place = this.#waiting.indexOf(command);
    if (place >= 0) {
      this.#waiting.splice(place, 1);
      command.reject(why);
    } else if (command.spoken === undefined) this.#channel.close();
    else if (this.#sent[0] === command || command.pid > 0) this.#kill(command);
  }

  /** The answer comes with the end mark, once the process is gone; without it the whole session counts as lost. */
  #kill(command: Command): void {
    this.#grace ??= setTimeout(() => this.#giveUp(), graceMs);
    if (command === this.#heir) this.#stop(this.#holders);
    else if (command.pid > 1) this.#stop([command.pid], this.#loopPid);
  }

  #stop(pids: readonly number[], parent?: number): readonly Promise<void>[] {
    const known = pids.filter((pid) => pid > 0);
    this.#stops += known.length;
    return known.map((pid) => this.#parts.stop(pid, parent).catch(() => this.#channel.close()));
  }

  /** The loop does not answer: it may be stopped rather than gone, so it is killed before it is left. */
  #giveUp(): void {
    this.#stop([this.#loopPid]);
    this.#channel.close();
  }

  #end(how: ExecEnd): void {
    this.#ended = how;
    clearTimeout(this.#grace);
    this.#idle.stop();
    const heir = this.#heir;
    if (heir !== undefined && how.kind === "exited") answer(heir, this.#answers.rest(), this.#now());
    const error = this.#lost(how);
    for (const command of this.#sent.splice(0)) command.reject(command.doom ?? this.#fateOf(command, how));
    for (const command of this.#waiting.splice(0)) command.reject(command.doom ?? unsent(error));
  }

  #fateOf(command: Command, how: ExecEnd): Error {
    if (this.#greeted) return this.#lost(how);
    if (command.spoken === undefined) return new SessionRefused(how, this.#lastWords);
    return ranNothing(how) ? unsent(this.#lost(how)) : this.#lost(how);
  }

  #lost(how: ExecEnd | undefined): ScanError {
    return this.#verdict ?? lossOf(how);
  }
}
