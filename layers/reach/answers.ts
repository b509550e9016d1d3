import type { Command } from "./command.ts";
import { endingOf, pidIn } from "./loop.ts";
import { MarkedStream } from "./marked-stream.ts";
import type { Line } from "./script.ts";

/** What a session is told about its commands, in their order. */
export interface AnswerListener {
  /** Its process runs, or is about to. */
  began(command: Command, pid: number): void;
  /** The command that was sent after this one. */
  next(command: Command): Command | undefined;
  /** Called for each stream that has ended; the command holds what came. */
  complete(command: Command): void;
}

/** The two streams of a loop, cut into what each command wrote. */
export class Answers {
  readonly stdout: MarkedStream;
  readonly stderr: MarkedStream;
  readonly #listener: AnswerListener;

  constructor(capBytes: number, listener: AnswerListener) {
    this.stdout = new MarkedStream(capBytes);
    this.stderr = new MarkedStream(capBytes);
    this.#listener = listener;
  }

  /** Announces the next command, whose line begins as told. */
  expect(command: Command, begins: Line["begins"]): void {
    const { begin, end } = command.marks;
    this.stdout.expect({
      ...{ begin: begins.stdout ? begin : undefined, end },
      begun: (note) => this.#listener.began(command, pidIn(note)),
      done: (marked) => {
        command.stdout = marked;
        const { nextPid, holders } = endingOf(marked.note);
        const next = this.#listener.next(command);
        if (next?.spoken?.word === "m" && holders.length === 0) this.#listener.began(next, nextPid);
        this.#listener.complete(command);
        return holders.length > 0;
      },
    });
    this.stderr.expect({
      ...{ begin: begins.stderr ? begin : undefined, end },
      begun: () => undefined,
      done: (marked) => {
        command.stderr = marked;
        this.#listener.complete(command);
        return marked.note !== "";
      },
    });
  }

  /** What has come of the command that runs, or that owns what still comes. */
  rest() {
    return { stdout: this.stdout.rest(), stderr: this.stderr.rest() };
  }
}
