import type { CommandClass } from "./class.ts";
import { isReadable } from "./paths.ts";
import type { Word } from "./syntax.ts";
import { isSingle, lead, literal, pattern, without } from "./words.ts";

/**
 * What is known of a word that is only made at run time. `number`: digits or nothing. `name`: a plain word without
 * blanks, no option, readable as a file, or nothing. `path`: the name of a file that may be read, blanks and all.
 * `any`: nothing.
 */
export type Known = "number" | "name" | "path" | "any";

/** What a program's rule may ask about words and commands inside its arguments. */
export interface Judge {
  readonly known: (word: Word) => Known;
  /** The class of a command made of these words, as `timeout` and its like run it. */
  readonly command: (words: readonly Word[]) => CommandClass;
  /** The class of a text that a shell is given to run. */
  readonly script: (text: string) => CommandClass;
}

/** The class of a program when it is run with these arguments. */
export type Rule = (args: readonly Word[], judge: Judge) => CommandClass;

/** The options that a program may be given, as getopt_long knows them; an abbreviated or any other one is refused. */
export interface Options {
  /** Letters without a value. */
  readonly flags?: string;
  /** Letters whose value follows, in the same word or the next. */
  readonly valued?: string;
  /** Letters whose value, if any, follows in the same word. */
  readonly optional?: string;
  /** Long options without dashes; one that takes a value ends in `=`. */
  readonly long?: string;
  /** Long options with one dash, as find and openssl have them, instead of letters. */
  readonly words?: string;
  /** `-5` stands for a count. */
  readonly count?: boolean;
  /** Options end at the first operand. */
  readonly leading?: boolean;
  /** A value may begin with a dash: only where no option of the program, read in its place, could do harm. */
  readonly dashedValues?: boolean;
}

export interface Given {
  readonly options: ReadonlyMap<string, readonly Word[]>;
  readonly operands: readonly Word[];
}

/**
 * Sorts arguments into options and operands; undefined when an option is not in the list, or when a word that is only
 * made at run time could be an option or take the place of one.
 */
export function given(args: readonly Word[], allowed: Options, judge: Judge): Given | undefined {
  const options = new Map<string, Word[]>();
  const operands: Word[] = [];
  const note = (name: string, value?: Word) =>
    options.set(name, [...(options.get(name) ?? []), ...(value ? [value] : [])]);
  const long = new Set((allowed.long ?? "").split(" "));
  const words = new Set((allowed.words ?? "").split(" "));
  let over = false;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? [];
    const start = lead(word);
    if (over || !start.startsWith("-") || literal(word) === "-") {
      if (!over && !isNoOption(word, judge)) return undefined;
      operands.push(word);
      over ||= allowed.leading === true;
      continue;
    }
    const value = () => {
      at += 1;
      const next = args[at];
      if (next === undefined || !isSingle(next)) return undefined;
      return allowed.dashedValues || isPlainValue(next) ? next : undefined;
    };
    const text = literal(word);
    if (text === "--") {
      over = true;
    } else if (start.startsWith("--") || allowed.words !== undefined) {
      const known = start.startsWith("--") ? long : words;
      const name = /^--?([^=]*)/.exec(start)?.[1] ?? "";
      const equals = start.indexOf("=");
      if (equals >= 0) {
        if (!known.has(`${name}=`) || !isSingle(word)) return undefined;
        note(name, without(word, equals + 1));
      } else if (text !== undefined && known.has(name)) {
        note(name);
      } else {
        const next = text !== undefined && known.has(`${name}=`) ? value() : undefined;
        // some long options take a value only behind `=`, and would leave this word to be an option
        if (next === undefined || (literal(next) === undefined && allowed.words === undefined)) return undefined;
        note(name, next);
      }
    } else if (allowed.count && text !== undefined && /^-[0-9]+$/.test(text)) {
      note("count");
    } else if (!letters(word, allowed, note, value)) return undefined;
  }
  return { options, operands };
}

/** Reads `-abc`, `-k2` and `-k 2`. */
function letters(
  word: Word,
  allowed: Options,
  note: (name: string, value?: Word) => void,
  next: () => Word | undefined,
): boolean {
  const start = lead(word);
  for (let at = 1; at < start.length; at += 1) {
    const letter = start[at] ?? "";
    const rest = without(word, at + 1);
    if (allowed.flags?.includes(letter)) {
      note(letter);
      continue;
    }
    if (!isSingle(word)) return false;
    if (allowed.optional?.includes(letter)) {
      note(letter, rest.length > 0 ? rest : undefined);
      return true;
    }
    if (!allowed.valued?.includes(letter)) return false;
    // an attached value that turns out empty would make the next word the value
    if (rest.length > 0 && literal(rest) === undefined && lead(rest) === "") return false;
    const value = rest.length > 0 ? rest : next();
    if (value === undefined) return false;
    note(letter, value);
    return true;
  }
  return literal(word) !== undefined;
}

const isPlainValue = (word: Word) => {
  const text = literal(word);
  return text === undefined || !/^-(?![0-9]+$)/.test(text);
};

/** Whether a word is no option, whatever its parts expand to. */
function isNoOption(word: Word, judge: Judge): boolean {
  const start = lead(word);
  if (literal(word) !== undefined) return true;
  // the first sign is known, and no blank of an unquoted part can begin another word
  if (start !== "" && (isSingle(word) || pattern(word) !== undefined)) return true;
  return judge.known(word) !== "any";
}

/** Operands that are read: each is known to name files whose reading ends. */
export const areReadable = (operands: readonly Word[], judge: Judge) =>
  operands.every((word) => isReadable(word) || judge.known(word) !== "any");
