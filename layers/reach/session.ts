import type { ChannelListener, ExecChannel } from "#cluster/exec/channel.ts";
import type { ExecEnd } from "#cluster/exec/exit.ts";
import { abortError, ScanError } from "#contract/errors.ts";
import type { Completed, RunOptions, Shell } from "#contract/shell.ts";
import { type Command, freshMarks } from "./command.ts";
import { defaultLimits, type SessionLimits } from "./limits.ts";
import { SessionRefused, unsent, withPartial } from "./loss.ts";
import { MarkedStream } from "./marked-stream.ts";
import { reachesPast } from "./reaching.ts";
import { framed, greeting, type Marks } from "./script.ts";

/** What a session needs from below: its stream, and a way to end a process that runs too long. */
export interface SessionParts {
  /** The shell that runs the loop, and each command with `-c`. */
  readonly shell: readonly string[];
  /** Opens the stream that the loop runs in, and hands it the listener. */
  readonly open: (listener: ChannelListener) => Stream;
  /** Ends a process and its descendants inside the container, over a stream of its own. */
  readonly stop: (pid: number) => Promise<void>;
  /** Runs a command over a stream of its own, for those that may reach past their own process. */
  readonly alone?: (command: string, options: RunOptions) => Promise<Completed>;
  readonly limits?: Partial<SessionLimits> | undefined;
  readonly now?: () => number;
  /** How long a silence may last before a no-op goes through the loop. */
  readonly idleMs?: number;
}

type Stream = Pick<ExecChannel, "write" | "close" | "bytesIn" | "bytesOut">;

/** Middleboxes forget a silent connection after minutes, and a pong proves only the nearest hop. */
const idleBeatMs = 60_000;
const idleAnswerMs = 15_000;
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
  readonly #limits: SessionLimits;
  readonly #stdout: MarkedStream;
  readonly #stderr: MarkedStream;
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
  #grace: NodeJS.Timeout | undefined;
  #idle: NodeJS.Timeout | undefined;
  #stalls = 0;
  #verdict: ScanError | undefined;
  #lastWords = "";

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#limits = { ...defaultLimits, ...parts.limits };
    this.#stdout = new MarkedStream(this.#limits.commandBytes);
    this.#stderr = new MarkedStream(this.#limits.commandBytes);
    this.#now = parts.now ?? (() => performance.now());
    this.#channel = parts.open({
      stdout: (bytes) => this.#hear(this.#stdout, bytes),
      stderr: (bytes) => this.#hear(this.#stderr, bytes),
      end: (how) => this.#end(how),
    });
  }

  /** Resolves when the shell has proved that it is one. Before that, its end is told by `SessionRefused`. */
  async greet(signal?: AbortSignal): Promise<void> {
    const marks = freshMarks();
    await this.#submit(Buffer.from(greeting(this.#parts.shell, marks)), marks, {
      timeoutMs: greetingTimeoutMs,
      ...(signal && { signal }),
    });
    this.#greeted = true;
    this.#restIdle();
  }

  run(command: string | Uint8Array, options: RunOptions = {}): Promise<Completed> {
    const bytes = Buffer.from(command);
    const { alone } = this.#parts;
    const fits = options.stdin === undefined && bytes.length <= longestAloneBytes && this.#ended === undefined;
    if (alone !== undefined && fits && reachesPast(bytes.toString("latin1"))) {
      this.#alone += 1;
      const answer = this.#lastAlone.then(() => alone(bytes.toString("utf8"), options));
      this.#lastAlone = answer.catch(() => undefined);
      return answer;
    }
    const marks = freshMarks();
    try {
      return this.#submit(framed(this.#parts.shell, bytes, marks, options.stdin), marks, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Ends what runs in the container, loop and all, then the stream: a process outlives the stream it came over. */
  async close(): Promise<void> {
    for (const command of this.#sent) command.doom ??= this.#lost({ kind: "closed" });
    if (this.#ended === undefined && this.#sent.length > 0 && this.#loopPid > 0) {
      this.#stops += 1;
      await this.#parts.stop(this.#loopPid).catch(() => undefined);
    }
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
    return this.#ended === undefined;
  }

  #submit(text: Uint8Array, marks: Marks, options: RunOptions): Promise<Completed> {
    if (this.#ended !== undefined) return Promise.reject(unsent(this.#lost(this.#ended)));
    const { promise, resolve, reject } = Promise.withResolvers<Completed>();
    const command: Command = {
      ...{ text, marks, resolve, reject, timeoutMs: options.timeoutMs },
      ...{ pid: 0, startedMs: 0, stdout: undefined, stderr: undefined, doom: undefined, timer: undefined },
    };
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
    for (;;) {
      const next = this.#waiting[0];
      if (next === undefined) return;
      if (this.#sent.length > 0 && this.#sentBytes + next.text.length > windowBytes) {
        this.#stalls += 1;
        return;
      }
      clearTimeout(this.#idle);
      this.#waiting.shift();
      this.#sent.push(next);
      this.#sentBytes += next.text.length;
      this.#stdout.expect(
        next.marks,
        (pid) => {
          next.pid = Number(pid) || 0;
          if (!this.#greeted) this.#loopPid = next.pid;
          if (next.doom !== undefined) this.#kill(next);
        },
        (marked) => {
          next.stdout = marked;
          this.#settle(next);
        },
      );
      this.#stderr.expect(
        next.marks,
        () => undefined,
        (marked) => {
          next.stderr = marked;
          this.#settle(next);
        },
      );
      if (this.#sent.length === 1) this.#startClock(next);
      this.#channel.write(next.text);
    }
  }

  #hear(stream: MarkedStream, bytes: Uint8Array): void {
    // Before the greeting the words may be the runtime's: some tell on stderr or stdout that there is no shell.
    if (!this.#greeted && this.#lastWords.length < 4096) this.#lastWords += Buffer.from(bytes).toString("utf8");
    stream.push(bytes);
    if (this.#channel.bytesIn > this.#limits.sessionBytes) {
      this.#verdict ??= new ScanError("too-large", `the container sent over ${this.#limits.sessionBytes} bytes`);
      this.#channel.close();
    }
  }

  /** A no-op through the loop after each silence: it keeps the way open and finds out when it is not. */
  #restIdle(): void {
    clearTimeout(this.#idle);
    if (this.#ended !== undefined) return;
    this.#idle = setTimeout(() => {
      const late = setTimeout(() => this.#giveUp(), idleAnswerMs);
      this.run(":")
        .catch(() => undefined)
        .finally(() => clearTimeout(late));
    }, this.#parts.idleMs ?? idleBeatMs);
    this.#idle.unref();
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
    this.#sent.shift();
    clearTimeout(this.#grace);
    this.#grace = undefined;
    this.#sentBytes -= command.text.length;
    const completed: Completed = {
      stdout: stdout.bytes,
      stderr: stderr.bytes,
      exitCode: Number(stdout.note),
      truncated: stdout.truncated || stderr.truncated,
      elapsedMs: Math.round(this.#now() - command.startedMs),
    };
    if (command.doom !== undefined) command.reject(withPartial(command.doom, completed));
    else if (!/^\d{1,3}$/.test(stdout.note)) {
      command.reject(
        new ScanError("connection-lost", `the shell gave no exit code but ${JSON.stringify(stdout.note)}`),
      );
    } else command.resolve(completed);
    const next = this.#sent[0];
    if (next !== undefined) this.#startClock(next);
    this.#send();
    if (this.#sent.length === 0) this.#restIdle();
  }

  /** Ends a command early. One that was not sent yet is dropped; one that runs is killed where it runs. */
  #doom(command: Command, why: ScanError): void {
    if (command.doom !== undefined) return;
    command.doom = why;
    const place = this.#waiting.indexOf(command);
    if (place >= 0) {
      this.#waiting.splice(place, 1);
      command.reject(why);
    } else if (!this.#greeted) this.#channel.close();
    else if (this.#sent[0] === command) this.#kill(command);
  }

  /** The answer comes with the end mark, once the process is gone; without it the whole session counts as lost. */
  #kill(command: Command): void {
    this.#grace ??= setTimeout(() => this.#giveUp(), graceMs);
    if (command.pid <= 0) return;
    this.#stops += 1;
    this.#parts.stop(command.pid).catch(() => this.#channel.close());
  }

  /** The loop does not answer: it may be stopped rather than gone, so it is killed before it is left. */
  #giveUp(): void {
    if (this.#loopPid > 0) {
      this.#stops += 1;
      this.#parts.stop(this.#loopPid).catch(() => undefined);
    }
    this.#channel.close();
  }

  #end(how: ExecEnd): void {
    this.#ended = how;
    clearTimeout(this.#grace);
    clearTimeout(this.#idle);
    const error = this.#greeted ? this.#lost(how) : new SessionRefused(how, this.#lastWords);
    for (const command of this.#sent.splice(0)) command.reject(command.doom ?? error);
    for (const command of this.#waiting.splice(0)) command.reject(command.doom ?? unsent(error));
  }

  #lost(how: ExecEnd): ScanError {
    if (this.#verdict !== undefined) return this.#verdict;
    if (how.kind === "exited") {
      return new ScanError("connection-lost", `the shell in the container ended with exit code ${how.exitCode}`);
    }
    if (how.kind === "closed") return new ScanError("connection-lost", "the session was closed");
    return new ScanError("connection-lost", how.message);
  }
}
