import type { Known } from "./options.ts";
import { isReadable } from "./paths.ts";
import type { Command, Piece, Script, Word } from "./syntax.ts";
import { isSingle, literal, pattern } from "./words.ts";

/** From the least that a word may hold to the most. */
const order: readonly Known[] = ["number", "name", "path", "any"];
const most = (all: readonly Known[]): Known => order[Math.max(...all.map((one) => order.indexOf(one)))] ?? "any";

/** Programs whose output is one number, when they are asked like this. */
const numbers = [
  /^wc -[clmw]$/,
  /^grep -[EFPivwx]*c[EFPivwx]* [\w^$.:#]+(?: [\w/.][\w/.-]*)?$/,
  /^id -[ug]( \w+)?$/,
  /^nproc$/,
  /^date \+%[sYjdmu]$/,
  /^stat -c %[augshY] [\w/.]+$/,
];

/**
 * What a text's words hold once they are expanded, as far as the text itself tells: a loop over known words, the path
 * that `which` prints, the number that `wc -l` counts.
 */
export class Knowledge {
  /** Assignments in the whole text. */
  assignments = 0;
  readonly #bindings = new Map<string, Word[]>();
  readonly #unknown = new Set<string>();
  readonly #judged = new Map<string, Known>();

  constructor(script: Script) {
    this.#collect(script);
  }

  of(word: Word): Known {
    const text = literal(word);
    if (text !== undefined) return nameOf(text, word);
    const glob = pattern(word);
    if (glob !== undefined) return !/^[*?[-]/.test(glob.text) && isReadable(word) ? "path" : "any";
    const [first, ...others] = word.filter((piece) => piece.kind !== "text" || piece.text !== "");
    if (first === undefined) return "any";
    if (others.length === 0) return this.#ofPiece(first);
    return this.#isBelow(first, others) ? "name" : "any";
  }

  #ofPiece(piece: Piece): Known {
    if (piece.kind === "variable") {
      if (/^[?#]$/.test(piece.name) || piece.name.startsWith("#")) return piece.whole ? "number" : "any";
      const known = piece.whole ? this.#ofVariable(piece.name) : "any";
      // the name of a file may hold blanks, and what follows one is a word of its own
      return known === "path" && piece.many ? "any" : known;
    }
    return piece.kind === "substitution" ? ofOutput(piece.body) : "any";
  }

  #ofVariable(name: string): Known {
    const before = this.#judged.get(name);
    if (before !== undefined) return before;
    this.#judged.set(name, "any"); // for a value that is made of the variable itself
    const values = this.#bindings.get(name);
    const isBound = values !== undefined && !this.#unknown.has(name);
    const known = isBound ? most(values.map((value) => this.of(value))) : "any";
    this.#judged.set(name, known);
    return known;
  }

  /** `/home/$user/.profile` stays below /home as long as the part is a plain name. */
  #isBelow(first: Piece, others: readonly Piece[]): boolean {
    const [name, ...rest] = others;
    if (first.kind !== "text" || !/^\/[a-z]+\/(?:.*\/)?$/.test(first.text) || name === undefined) return false;
    if (!/^n/.test(this.#ofPiece(name)) || rest.some(({ kind }) => kind !== "text")) return false;
    const tail = literal(rest) ?? "";
    return (
      /^(?:\/|\.[a-z]|$)/.test(tail) && isReadable([{ kind: "text", text: `${first.text}x${tail}`, quoted: true }])
    );
  }

  #collect(script: Script): void {
    for (const command of script.flat()) {
      this.#collectFrom(command);
      for (const part of partsOf(command)) this.#collect(part);
      for (const word of wordsOf(command)) {
        for (const piece of word) if (piece.kind === "substitution") this.#collect(piece.body);
      }
    }
  }

  #collectFrom(command: Command): void {
    if (command.kind === "for") this.#bind(command.name, command.words);
    if (command.kind !== "simple") return;
    this.assignments += command.assignments.length;
    for (const { name, value } of command.assignments) {
      // an assigned value is not split, but it is where it is used without quotes
      if (isSingle(value) || value.length === 1) this.#bind(name, [value]);
      else this.#unknown.add(name);
    }
    if (literal(command.words[0]) === "read") {
      for (const word of command.words) this.#unknown.add(literal(word) ?? "");
    }
  }

  #bind(name: string, values: readonly Word[]): void {
    this.#bindings.set(name, [...(this.#bindings.get(name) ?? []), ...values]);
  }
}

function nameOf(text: string, word: Word): Known {
  if (/^[0-9]+$/.test(text)) return "number";
  return /^[A-Za-z0-9_/.][A-Za-z0-9_./:@%+,-]*$/.test(text) && isReadable(word) ? "name" : "any";
}

function ofOutput(body: Script): Known {
  const [pipeline, ...others] = body;
  const command = pipeline?.at(-1);
  if (others.length > 0 || command?.kind !== "simple" || command.assignments.length > 0) return "any";
  const texts = command.words.map((word) => literal(word) ?? "\n");
  const line = texts.join(" ");
  if (/^(?:which|command -v) [\w.-]+$/.test(line) && pipeline?.length === 1) return "name";
  return numbers.some((expression) => expression.test(line)) ? "number" : "any";
}

const partsOf = (command: Command): readonly Script[] => {
  if (command.kind === "parts") return command.parts;
  if (command.kind === "simple") return [];
  return command.kind === "while" ? [command.condition, command.body] : [command.body];
};

const wordsOf = (command: Command): readonly Word[] => {
  if (command.kind === "simple") return [...command.words, ...command.assignments.map(({ value }) => value)];
  return command.kind === "while" ? [] : command.words;
};
