import type { ChannelListener } from "#cluster/exec/channel.ts";
import type { ExecEnd } from "#cluster/exec/exit.ts";
import { abortError, ScanError } from "#contract/errors.ts";
import type { Completed, RunOptions, Shell } from "#contract/shell.ts";
import { freshMarks } from "../command.ts";
import { IdleBeat } from "../idle-beat.ts";
import { defaultLimits, type SessionLimits } from "../limits.ts";
import { lossOf, ranNothing, SessionRefused, unsent, withPartial } from "../loss.ts";
import type { Marks } from "../script.ts";
import type { Stream } from "../session-parts.ts";
import type { Dialect, Reader, Said } from "./dialect.ts";

/** As on POSIX: an unread stdin blocks pongs and close signals on the server's side. */
const windowBytes = 32 * 1024;
/** A first PowerShell in a cold container takes its time. */
const greetingTimeoutMs = 60_000;
/** How long an ended command may take to come back before the whole session counts as lost. */
const graceMs = 10_000;

/** What a session needs from below. */
export interface WindowsParts {
  readonly dialect: Dialect;
  readonly open: (listener: ChannelListener) => Stream;
  /** Ends a process and its descendants inside the container, over a stream of its own. */
  readonly stop: (pid: number) => Promise<void>;
  readonly limits?: Partial<SessionLimits> | undefined;
  readonly now?: () => number;
  readonly idleMs?: number;
}

/** One request on its way. */
interface Request {
  readonly marks: Marks;
  readonly line: Uint8Array;
  readonly command: boolean;
  readonly timeoutMs: number | undefined;
  readonly resolve: (completed: Completed) => void;
  readonly reject: (error: unknown) => void;
  pid: number;
  startedMs: number;
  doom: ScanError | undefined;
  timer: NodeJS.Timeout | undefined;
}

/** A loop in a Windows container that runs commands one after the other, each in a process of its own, over one exec stream. */
export class WindowsSession implements Shell {
  readonly way = "windows";
  readonly handedOver = false;
  readonly #parts: WindowsParts;
  readonly #channel: Stream;
  readonly #reader: Reader;
  readonly #limits: SessionLimits;
  readonly #idle: IdleBeat;
  readonly #waiting: Request[] = [];
  readonly #sent: Request[] = [];
  readonly #now: () => number;
  #greeted = false;
  #loopPid = 0;
  #stops = 0;
  #stalls = 0;
  #ended: ExecEnd | undefined;
  #grace: NodeJS.Timeout | undefined;
  #verdict: ScanError | undefined;
  #lastWords = "";

  constructor(parts: WindowsParts) {
    this.#parts = parts;
    this.#limits = { ...defaultLimits, ...parts.limits };
    this.#now = parts.now ?? (() => performance.now());
    this.#idle = new IdleBeat({ beat: () => this.#nothing(), late: () => this.#giveUp(), everyMs: parts.idleMs });
    this.#reader = parts.dialect.reader(this.#limits.commandBytes, {
      began: (pid) => this.#began(pid),
      ended: (said) => this.#settle(said),
      broken: (why) => this.#fail(new ScanError("connection-lost", `the loop in the container sent ${why}`)),
    });
    this.#channel = parts.open({
      stdout: (bytes) => this.#hear("stdout", bytes),
      stderr: (bytes) => this.#hear("stderr", bytes),
      end: (how) => this.#end(how),
    });
    this.#channel.write(parts.dialect.opening);
  }

  /** What the loop runs commands by. */
  get speaks(): Dialect["speaks"] {
    return this.#parts.dialect.speaks;
  }

  /** Resolves when the loop has answered; before that, its end is told by `SessionRefused`. */
  async greet(signal?: AbortSignal): Promise<void> {
    await this.#nothing({ timeoutMs: greetingTimeoutMs, ...(signal && { signal }) });
  }

  run(command: string | Uint8Array, options: RunOptions = {}): Promise<Completed> {
    const marks = freshMarks();
    try {
      const line = this.#parts.dialect.line(Buffer.from(command), marks, options.stdin);
      return this.#submit({ marks, line, command: true }, options);
    } catch (error) {
      return Promise.reject(error);
    }
  }

  /** Ends what runs in the container, loop and all, then the stream: a process outlives the stream it came over. */
  async close(): Promise<void> {
    for (const request of this.#sent) request.doom ??= this.#lost({ kind: "closed" });
    if (this.#ended === undefined && this.#sent.length > 0) await this.#stop(this.#loopPid);
    this.#channel.close();
  }

  /** Exec streams that this session took: its own, and one for each command that had to be ended. */
  get execStreams(): number {
    return 1 + this.#stops;
  }

  get traffic(): { readonly bytesIn: number; readonly bytesOut: number; readonly stalls: number } {
    return { bytesIn: this.#channel.bytesIn, bytesOut: this.#channel.bytesOut, stalls: this.#stalls };
  }

  get open(): boolean {
    return this.#ended === undefined && this.#verdict === undefined;
  }

  #nothing(options: RunOptions = {}): Promise<Completed> {
    const marks = freshMarks();
    return this.#submit({ marks, line: this.#parts.dialect.nothing(marks), command: false }, options);
  }

  #submit(asked: Pick<Request, "marks" | "line" | "command">, { timeoutMs, signal }: RunOptions): Promise<Completed> {
    if (!this.open) return Promise.reject(unsent(this.#lost(this.#ended ?? { kind: "closed" })));
    if (signal?.aborted) return Promise.reject(abortError(signal, "the command"));
    const { promise, resolve, reject } = Promise.withResolvers<Completed>();
    const request: Request = {
      ...{ ...asked, timeoutMs, resolve, reject, pid: 0, startedMs: 0, doom: undefined, timer: undefined },
    };
    const abort = () => signal && this.#doom(request, abortError(signal, "the command"));
    signal?.addEventListener("abort", abort, { once: true });
    this.#waiting.push(request);
    this.#send();
    return promise.finally(() => {
      clearTimeout(request.timer);
      signal?.removeEventListener("abort", abort);
    });
  }

  /** Sends what fits into the window; a request larger than the window goes alone. */
  #send(): void {
    for (let next = this.#waiting[0]; next !== undefined; next = this.#waiting[0]) {
      const sentBytes = this.#sent.reduce((sum, { line }) => sum + line.length, 0);
      if (this.#sent.length > 0 && sentBytes + next.line.length > windowBytes) {
        this.#stalls += 1;
        return;
      }
      this.#idle.stop();
      this.#waiting.shift();
      this.#sent.push(next);
      this.#reader.expect(next.marks);
      if (this.#sent.length === 1) this.#startClock(next);
      this.#channel.write(next.line);
    }
  }

  #startClock(request: Request): void {
    const { timeoutMs } = request;
    request.startedMs = this.#now();
    if (timeoutMs === undefined) return;
    const late = new ScanError("timeout", `the command did not end within ${timeoutMs / 1000} s`);
    request.timer = setTimeout(() => this.#doom(request, late), timeoutMs);
  }

  #hear(stream: "stdout" | "stderr", bytes: Uint8Array): void {
    if (!this.#greeted && this.#lastWords.length < 4096) this.#lastWords += Buffer.from(bytes).toString("utf8");
    if (this.#verdict === undefined) this.#reader[stream](bytes);
    if (this.#channel.bytesIn > this.#limits.sessionBytes) {
      this.#fail(new ScanError("too-large", `the container sent over ${this.#limits.sessionBytes} bytes`));
    }
  }

  #began(pid: number): void {
    const [request] = this.#sent;
    if (request === undefined) return;
    if (!request.command) this.#loopPid = pid;
    else request.pid = pid;
    if (request.doom !== undefined) this.#kill(request);
  }

  #settle({ stdout, stderr, truncated, exitCode }: Said): void {
    const request = this.#sent.shift();
    if (request === undefined) return;
    this.#greeted = true;
    const elapsedMs = Math.round(this.#now() - request.startedMs);
    const completed: Completed = { stdout, stderr, exitCode, truncated, elapsedMs };
    if (request.doom === undefined) request.resolve(completed);
    else {
      clearTimeout(this.#grace);
      this.#grace = undefined;
      request.reject(withPartial(request.doom, completed));
    }
    const [next] = this.#sent;
    if (next !== undefined) {
      this.#startClock(next);
      if (next.doom !== undefined) this.#kill(next);
    }
    this.#send();
    if (this.#sent.length === 0) this.#idle.rest();
  }

  /** Ends a command early. One that was not sent yet is dropped; one that runs is ended where it runs. */
  #doom(request: Request, why: ScanError): void {
    if (request.doom !== undefined) return;
    request.doom = why;
    const place = this.#waiting.indexOf(request);
    if (place >= 0) {
      this.#waiting.splice(place, 1);
      request.reject(why);
    } else if (!request.command) this.#channel.close();
    else if (this.#sent[0] === request) this.#kill(request);
  }

  /** The answer comes with the last frame, once the process is gone. cmd alone cannot tell which one that is. */
  #kill(request: Request): void {
    this.#grace ??= setTimeout(() => this.#giveUp(), graceMs);
    if (request.pid > 0) void this.#stop(request.pid);
    else if (this.speaks === "cmd") this.#channel.close();
  }

  async #stop(pid: number): Promise<void> {
    if (pid <= 0) return;
    this.#stops += 1;
    await this.#parts.stop(pid).catch(() => this.#channel.close());
  }

  #giveUp(): void {
    void this.#stop(this.#loopPid);
    this.#channel.close();
  }

  #fail(why: ScanError): void {
    this.#verdict ??= why;
    this.#giveUp();
  }

  #end(how: ExecEnd): void {
    this.#ended = how;
    clearTimeout(this.#grace);
    this.#idle.stop();
    for (const request of this.#sent.splice(0)) request.reject(request.doom ?? this.#fateOf(request, how));
    const error = unsent(this.#lost(how));
    for (const request of this.#waiting.splice(0)) request.reject(request.doom ?? error);
  }

  #fateOf(request: Request, how: ExecEnd): Error {
    if (this.#greeted) return this.#lost(how);
    if (!request.command) return new SessionRefused(how, this.#lastWords);
    return ranNothing(how) ? unsent(this.#lost(how)) : this.#lost(how);
  }

  #lost(how: ExecEnd): ScanError {
    return this.#verdict ?? lossOf(how);
  }
}
