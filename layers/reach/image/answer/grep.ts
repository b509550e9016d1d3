import { Script } from "node:vm";
import { NotFromImage } from "./view.ts";

/** The classes of POSIX in the C locale, as JavaScript writes them inside brackets. */
const classes: Readonly<Record<string, string>> = {
  ...{ alpha: "A-Za-z", digit: "0-9", alnum: "A-Za-z0-9", upper: "A-Z", lower: "a-z", space: " \\t\\n\\v\\f\\r" },
  ...{ blank: " \\t", xdigit: "0-9A-Fa-f", punct: "!-\\/:-@\\[-`{-~" },
};

/** Of one file. */
const longestMs = 1000;

/** For each line, without its end, whether it matches. Throws NotFromImage where that takes too long. */
export type Matches = (lines: readonly string[]) => readonly boolean[];

/** Which lines match, as grep -E, -F or -G and -i, -x say; undefined for a pattern that is not wholly understood. */
export function matcher(pattern: string, letters: ReadonlySet<string>): Matches | undefined {
  // Bytes beyond ASCII are one letter or another by the locale.
  if (/[^\x20-\x7e\t]/.test(pattern)) return undefined;
  const source = letters.has("F") ? escaped(pattern) : translated(pattern, letters.has("E"));
  if (source === undefined) return undefined;
  const whole = letters.has("x") ? `^(?:${source})$` : source;
  let expression: RegExp;
  try {
    expression = new RegExp(whole, letters.has("i") ? "i" : "");
  } catch {
    return undefined;
  }
  return (lines) => inTime(expression, lines);
}

const attempt = new Script("lines.map((line) => expression.test(line))");

/** A pattern that goes back and forth for ever on a hostile line, however short, must not stop this process with it. */
function inTime(expression: RegExp, lines: readonly string[]): readonly boolean[] {
  try {
    return attempt.runInNewContext({ expression, lines }, { timeout: longestMs }) as boolean[]; // what `map` gives
  } catch {
    throw new NotFromImage(`the pattern takes more than ${longestMs} ms`);
  }
}

const escaped = (text: string) => text.replaceAll(/[.*+?^${}()|[\]\\/]/g, "\\$&");

/** A basic or extended expression of POSIX as one of JavaScript. */
function translated(pattern: string, extended: boolean): string | undefined {
  // In a basic expression a dollar is an anchor only at an end; a bound without its first number is GNU's.
  if ((!extended && /\$(?!$|\\[)|])/.test(pattern.replaceAll(/\\\$/g, ""))) || /\{,/.test(pattern)) return undefined;
  let source = "";
  for (const piece of pattern.match(/\[\^?\]?(?:\[:[a-z]+:\]|[^\]])*\]|\\[\s\S]|[\s\S]/g) ?? []) {
    const next = pieceOf(piece, extended, source);
    if (next === undefined) return undefined;
    source += next;
  }
  return source;
}

function pieceOf(piece: string, extended: boolean, before: string): string | undefined {
  const begins = before === "" || /(?:^|[^\\])(?:\(\?:|\||\^)$/.test(before);
  if (piece.length > 1 && piece.startsWith("[")) return brackets(piece);
  if (piece === "[") return undefined;
  if (piece === ".") return "[^\\n]";
  // Repetition of nothing is a letter in one grammar and an error in the other.
  if (piece === "*" && begins) return extended ? undefined : "\\*";
  if (piece === "*") return special(piece, begins, before);
  if (piece === "^") return begins ? "^" : extended ? "^" : "\\^";
  if (piece === "$") return "$";
  if (/^[+?{}()|]$/.test(piece)) return extended ? special(piece, begins, before) : `\\${piece}`;
  if (!piece.startsWith("\\")) return escaped(piece);
  const letter = piece.slice(1);
  if (/^[+?{}()|]$/.test(letter)) return extended ? `\\${letter}` : special(letter, begins, before);
  if (/^[.*[\]^$\\/]$/.test(letter)) return `\\${letter}`;
  if (/^[-"#%&,:;=@_~! ]$/.test(letter)) return letter;
  // GNU's own; \d, back references and the rest are not understood.
  return { s: "[ \\t\\n\\v\\f\\r]", S: "[^ \\t\\n\\v\\f\\r]", w: "[A-Za-z0-9_]", W: "[^A-Za-z0-9_]", b: "\\b" }[letter];
}

function special(sign: string, begins: boolean, before: string): string | undefined {
  if (sign === "(") return "(?:";
  if (sign === ")" || sign === "|" || sign === "}") return sign;
  // A second repetition would make the first one lazy or possessive in JavaScript.
  return begins || /(?<!\\)(?:\\\\)*[*+?}]$/.test(before) ? undefined : sign;
}

function brackets(piece: string): string | undefined {
  const [, negated = "", inside = ""] = /^\[(\^?)([\s\S]*)\]$/.exec(piece) ?? [];
  if (/\[[.=]/.test(inside)) return undefined;
  let source = "";
  for (const part of inside.match(/\[:[a-z]+:\]|[\s\S]/g) ?? []) {
    if (part.length === 1) source += /[\\\][^]/.test(part) ? `\\${part}` : part;
    else if (classes[part.slice(2, -2)] === undefined) return undefined;
    else source += classes[part.slice(2, -2)];
  }
  return `[${negated}${source}]`;
}
