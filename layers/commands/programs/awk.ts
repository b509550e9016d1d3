import { readOnlyIf } from "../class.ts";
import { given, type Options, type Rule } from "../options.ts";
import { isReadable } from "../paths.ts";
import type { Word } from "../syntax.ts";
import { lead, literal } from "../words.ts";
import { type Token, tokensOf } from "./awk-tokens.ts";

const options: Options = { valued: "Fv", long: "posix re-interval field-separator= assign=", leading: true };

/** Longer than this, an awk program is none that takes a line apart. */
const longest = 2_000;

export const awk: Rule = (args, judge) => {
  const found = given(args, options, judge);
  const [first, ...files] = found?.operands ?? [];
  const program = literal(first);
  if (program === undefined || program.length > longest) return "unknown";
  const tokens = tokensOf(program);
  const loops = tokens === undefined || !writesNowhere(tokens) ? undefined : withoutLoops(tokens);
  if (loops === undefined || !fieldsStay(loops.rest, loops.counters) || !growsLittle(loops.rest)) return "unknown";
  const values = [...(found?.options.get("v") ?? []), ...(found?.options.get("assign") ?? [])];
  return readOnlyIf(
    values.every(isVariable) &&
      files.every(
        (word) => (literal(word) !== undefined && isVariable(word)) || isReadable(word) || judge.known(word) !== "any",
      ),
  );
};

/** `name=value`; the awk's own variables to plain text only: OFMT is a format. */
const isVariable = (word: Word) => /^[a-z_]\w*=/.test(lead(word)) || /^[A-Z]\w*=[^%]*$/.test(literal(word) ?? "");

/** Names that reach outside of the program, read files it makes up, or may go round for ever. */
const refused = new Set(
  "system getline close fflush function func while do switch case default ARGV ARGC SYMTAB FUNCTAB PROCINFO gensub nextfile".split(
    " ",
  ),
);

/**
 * A `>` is a comparison unless a `print` stands before it in the same statement, which a newline does not surely end
 * (one may follow `,` or `&&`). A single `|` never is harmless.
 */
function writesNowhere(tokens: readonly Token[]): boolean {
  let printing = false;
  for (const { kind, text } of tokens) {
    if (kind === "name") {
      if (refused.has(text)) return false;
      printing ||= text === "print" || text === "printf";
    } else if (kind === "sign") {
      if (/^[{};]$/.test(text)) printing = false;
      if (/^(?:\||>>|@)$/.test(text) || (printing && text.startsWith(">"))) return false;
    }
  }
  return true;
}

/** Over an array, over the fields of a record or a few numbers, or over the fields from the last to the first. */
const loop =
  /^for \( (?:[a-zA-Z_]\w* in [a-zA-Z_]\w*|([a-zA-Z_]\w*) = \d{1,4} ; \1 <=? (?:NF|\d{1,4}) ; (?:\1 \+\+|\+\+ \1)|([a-zA-Z_]\w*) = NF ; \2 >=? \d ; (?:\2 --|-- \2)) \) /;

/** The tokens without the heads of loops, and the names these count with; undefined when a loop might not end. */
function withoutLoops(tokens: readonly Token[]): { rest: readonly Token[]; counters: readonly string[] } | undefined {
  const counters: string[] = [];
  const rest: Token[] = [];
  for (let at = 0; at < tokens.length; at += 1) {
    const token = tokens[at];
    if (token?.kind === "name" && token.text === "for") {
      const head = tokens.slice(at, at + 16).map(({ text }) => text);
      const found = loop.exec(`${head.join(" ")} `);
      if (found === null) return undefined;
      counters.push(found[1] ?? found[2] ?? "");
      at += found[0].trim().split(" ").length - 1;
    } else if (token !== undefined) rest.push(token);
  }
  return counters.length > 2 ? undefined : { rest, counters };
}

const isAssignment = ({ kind, text }: Token) => kind === "sign" && /^(?:=|[-+*/%^]=|\+\+|--)$/.test(text);

/**
 * Nothing else sets what loops count with, and a record gets no new fields but a few of known number: `$2 = "x"`, or
 * `$i` of a loop over its fields.
 */
function fieldsStay(tokens: readonly Token[], counters: readonly string[]): boolean {
  const text = (at: number) => tokens[at]?.text ?? "";
  const mayBeSet = (name: string) => name !== "NF" && name !== "$" && !counters.includes(name);
  return tokens.every((token, at) => {
    if (!isAssignment(token)) return true;
    const target = tokens[at - 1];
    if (/^(?:\+\+|--)$/.test(token.text)) {
      return mayBeSet(text(at - 1)) && mayBeSet(text(at + 1)) && text(at - 2) !== "$";
    }
    if (text(at - 1) === "NF") return tokens.length === 3 && text(at + 1) === "NF";
    if (text(at - 2) === "$") {
      const isKnown = target?.kind === "number" ? /^[1-9][0-9]?$/.test(target.text) : counters.includes(text(at - 1));
      return isKnown && text(at - 3) !== "$";
    }
    if (text(at - 1) === "]") return text(subscript(tokens, at - 1) - 2) !== "$";
    return target?.kind === "name" && mayBeSet(target.text) && !/^(?:\+\+|--)$/.test(text(at - 2));
  });
}

/** Where the `[` stands that the `]` at `at` closes. */
function subscript(tokens: readonly Token[], at: number): number {
  let open = at;
  for (let depth = 0; open > 0; open -= 1) {
    if (tokens[open]?.text === "]") depth += 1;
    else if (tokens[open]?.text === "[" && --depth === 0) break;
  }
  return open;
}

/** Text that doubles with every line fills memory: a value is never made of names that values are given to. */
function growsLittle(tokens: readonly Token[]): boolean {
  const text = (at: number) => tokens[at]?.text ?? "";
  const filled = new Set<string>();
  tokens.forEach(({ kind, text: sign }, at) => {
    if (kind !== "sign" || sign !== "=") return;
    filled.add(text(text(at - 1) === "]" ? subscript(tokens, at - 1) - 1 : at - 1));
  });
  return tokens.every((token, at) => {
    if (token.kind === "string") return !/%[^a-zA-Z%"]*(?:[0-9]{4}|\*)/.test(token.text);
    if (/^s?printf$/.test(token.text)) {
      const format = text(at + 1) === "(" ? at + 2 : at + 1;
      return tokens[format]?.kind === "string" && /^(?:[,);}\n]|)$/.test(text(format + 1));
    }
    if (/^g?sub$/.test(token.text)) return isSubstitution(tokens.slice(at + 1, at + 8));
    if (token.kind !== "sign" || token.text !== "=") return true;
    const isField = text(at - 2) === "$";
    if (text(at - 1) === "NF") return true;
    if (isField && text(at + 1) === "$" && text(at - 1) === text(at + 2)) return /^(?:[;}\n]|)$/.test(text(at + 3));
    for (let end = at + 1; end < tokens.length && !/^[;}]$/.test(text(end)); end += 1) {
      if (filled.has(text(end)) || (isField && text(end) === "$")) return false;
    }
    return true;
  });
}

/** `sub(/x/, "y")` and `gsub`, on the record or one of its fields, which each line begins anew. */
const isSubstitution = (tokens: readonly Token[]) =>
  /^\( (?:regexp|string) , string (?:\) |, \$ (?:number|name) \) )/.test(
    `${tokens.map(({ kind, text }) => (kind === "sign" ? text : kind)).join(" ")} `,
  );
