import { ScanError } from "#contract/errors.ts";
import { startsFast } from "./fast-start.ts";
import { quote, quoteBytes } from "./quoting.ts";
import { Tails } from "./tails.ts";

/** The words that frame one command's output. They travel over stdin only: not in argv, environment or a file. */
export interface Marks {
  readonly begin: string;
  readonly end: string;
}

/** How the loop runs a command: `m` without a subshell, `s` in one, `f` with standard input. */
type Word = "m" | "s" | "f";

/** A command that may be sent. */
export interface Spoken {
  readonly word: Word;
  /** The arguments behind its mark; the last known text may be cut off. */
  readonly words: Uint8Array;
  /** The number of that text. */
  readonly tail: number | undefined;
}

/** A command's line as the loop reads it now. */
export interface Line {
  readonly text: Uint8Array;
  /** Which streams begin with the begin mark; on the other, the output follows the end mark before it. */
  readonly begins: { readonly stdout: boolean; readonly stderr: boolean };
}

/** Linux takes no argument over 128 KiB (MAX_ARG_STRLEN, with its NUL). */
const longestArgumentBytes = 120 * 1024;
/** All arguments together may take a quarter of the stack, 2 MiB; the rest is room for the environment. */
const longestCommandBytes = 1024 * 1024;
/** What is longer is nothing that is worth a look at its class. */
const longestFastBytes = 4096;
/** What stands before a known text: the path that it is to look at. Known texts only look. */
const isNaming = /^p='(?:[^']|'\\'')*';$/;

/**
 * The language between a session and its loop shell, which learns its words in the greeting: `s BEGIN END COMMAND` runs a
 * command, `m END COMMAND` the same faster where nothing hangs on the shell's own words, `f BEGIN END STDIN COMMAND` with
 * standard input. `M BEGIN END COMMAND`, `S` and `F` are for a loop that may have waited: what was written meanwhile is not
 * theirs. No command inherits what the loop keeps.
 */
export class Script {
  readonly #shell: readonly string[];
  readonly #tails: Tails;

  constructor(shell: readonly string[], known: readonly string[] = []) {
    this.#shell = shell;
    this.#tails = new Tails(known);
  }

  /**
   * A command as `<shell> -c <command>`, with the argv of a separate exec. One that is too long for one argument goes
   * as several that the shell puts together again.
   */
  spoken(command: Uint8Array, feed?: Uint8Array): Spoken {
    if (command.includes(0)) {
      throw new ScanError("bad-request", "a command cannot hold a NUL byte: no argument of a process can");
    }
    if (command.length > longestCommandBytes) {
      throw new ScanError(
        "too-large",
        `a command may have ${longestCommandBytes} bytes, this one has ${command.length}`,
      );
    }
    const stdin = feed === undefined ? "" : `'${octal(feed)}' `;
    const { head, tail } = this.#tails.cut(command);
    const text = Buffer.from(head).toString("latin1");
    const fast = command.length <= longestFastBytes && (tail === undefined ? startsFast(text) : isNaming.test(text));
    const word = feed !== undefined ? "f" : fast ? "m" : "s";
    const words = command.length > longestArgumentBytes ? this.#pieces(command) : quoteBytes(head);
    return {
      ...{ word, words: Buffer.concat([Buffer.from(stdin), words]) },
      tail: command.length > longestArgumentBytes ? undefined : tail,
    };
  }

  /** The line for a command. `waited`: the loop may sit idle before it, and what is written meanwhile is not its output. */
  line({ word, words, tail }: Spoken, { begin, end }: Marks, waited: boolean): Line {
    const begins = { stdout: waited || word !== "m", stderr: waited };
    const lead = `${waited ? word.toUpperCase() : word} ${begins.stdout ? `${begin} ` : ""}${end} `;
    const { before, after } = this.#tails.tell(tail);
    return { text: Buffer.concat([before, Buffer.from(lead), words, Buffer.from(`${after}\n`)]), begins };
  }

  /** Whether a line was sent: what it told need not be told again. */
  sent({ tail }: Spoken): void {
    this.#tails.told(tail);
  }

  #pieces(command: Uint8Array): Buffer {
    const pieces: Buffer[] = [];
    for (let start = 0; start < command.length; start += longestArgumentBytes) {
      pieces.push(Buffer.from(" "), quoteBytes(command.subarray(start, start + longestArgumentBytes)));
    }
    const names = Array.from({ length: pieces.length / 2 }, (_, index) => `\${${index + 1}}`).join("");
    const name = quote(this.#shell.at(-1) ?? "sh");
    return Buffer.concat([Buffer.from(`${quote(`eval "set --;${names}"`)} ${name}`), ...pieces]);
  }
}

/** Every byte as an octal escape of printf: a here-document would need a temporary file in some shells. */
function octal(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => `\\${byte.toString(8).padStart(3, "0")}`).join("");
}
