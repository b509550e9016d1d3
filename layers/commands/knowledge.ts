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
  /^grep -(?:c|[a-zA-Z]*c)( -[a-zA-Z]+)* \S+( [^ -]\S*)?$/,
  /^id -[ug]( \w+)?$/,
  /^nproc$/,
  /^date \+%[sYjdmu]$/,
  /^stat -c %[augshY] \S+$/,
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

  constructor(script: Script) {
    this.#collect(script);
  }

  of(word: Word, depth = 0): Known {
    const text = literal(word);
    if (text !== undefined) return nameOf(text, word);
    const glob = pattern(word);
    if (glob !== undefined) return !/^[*?[-]/.test(glob.text) && isReadable(word) ? "path" : "any";
    const [first, ...others] = word.filter((piece) => piece.kind !== "text" || piece.text !== "");
    if (first === undefined || depth > 3) return "any";
    if (others.length === 0) return this.#ofPiece(first, depth);
    return this.#isBelow(first, others, depth) ? "name" : "any";
  }

  #ofPiece(piece: Piece, depth: number): Known {
    if (piece.kind === "variable") {
      if (/^[?#]$/.test(piece.name) || piece.name.startsWith("#")) return "number";
      const values = this.#bindings.get(piece.name);
      if (values === undefined || this.#unknown.has(piece.name)) return "any";
      return most(values.map((value) => this.of(value, depth + 1)));
    }
    return piece.kind === "substitution" ? ofOutput(piece.body) : "any";
  }

  /** `/home/$user/.profile` stays below /home as long as each part is a plain name. */
  #isBelow(first: Piece, others: readonly Piece[], depth: number): boolean {
    if (first.kind !== "text" || !/^\/[a-z]+\/(?:.*\/)?$/.test(first.text)) return false;
    const sample: Piece[] = [first];
    for (const piece of others) {
      if (piece.kind === "text") sample.push(piece);
      else if (piece.kind !== "variable" || !/^(?:name|number)$/.test(this.#ofPiece(piece, depth))) return false;
      else sample.push({ kind: "text", text: "x", quoted: true });
    }
    return isReadable(sample);
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
  if (numbers.some((expression) => expression.test(line))) return "number";
  const isFind =
    /^find(?: \/(?:etc|usr|var|home|opt|root|boot|srv|tmp)(?:\/[\w./-]*)?)+ -/.test(line) && !line.includes("..");
  return isFind &&
    pipeline?.length === 1 &&
    / -type f(?: |$)/.test(line) &&
    !/ -(?:printf|ls|o|or|follow)(?: |$)|[,!]| -L /.test(line)
    ? "path"
    : "any";
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
