import { quoteBytes } from "./quoting.ts";

/** A text pays for its definition when it stands in a second command; below this even the reference is longer. */
const shortestBytes = 32;

/**
 * Long texts that many commands end with. The loop shell is told each once, when the first command needs it, and keeps
 * it in a variable; the process gets the same argument as without.
 */
export class Tails {
  readonly #known: readonly Buffer[];
  readonly #told = new Set<number>();

  constructor(known: readonly string[]) {
    this.#known = known
      .map((text) => Buffer.from(text))
      .filter((text) => text.length >= shortestBytes && !text.includes(0))
      .sort((one, other) => other.length - one.length);
  }

  /** The command without the longest known text that it ends with, and the number of that text. */
  cut(command: Uint8Array): { readonly head: Uint8Array; readonly tail: number | undefined } {
    const bytes = Buffer.from(command.buffer, command.byteOffset, command.length);
    const tail = this.#known.findIndex((text) => bytes.subarray(-text.length).equals(text));
    const known = this.#known[tail];
    if (known === undefined) return { head: command, tail: undefined };
    return { head: command.subarray(0, command.length - known.length), tail };
  }

  /** What stands before a command's line, and behind its first word. */
  tell(tail: number | undefined): { readonly before: Buffer; readonly after: string } {
    const text = tail === undefined ? undefined : this.#known[tail];
    if (text === undefined) return { before: Buffer.alloc(0), after: "" };
    const define = [Buffer.from(`muster_${tail}=`), quoteBytes(text), Buffer.from("\n")];
    const before = tail !== undefined && this.#told.has(tail) ? Buffer.alloc(0) : Buffer.concat(define);
    return { before, after: `"$muster_${tail}"` };
  }

  told(tail: number | undefined): void {
    if (tail !== undefined) this.#told.add(tail);
  }
}
