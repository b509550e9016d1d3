import { readOnlyIf } from "../class.ts";
import { given, type Options, type Rule } from "../options.ts";
import { isReadable } from "../paths.ts";
import { literal } from "../words.ts";

const options: Options = { valued: "Fv", long: "posix re-interval field-separator= assign= version", leading: true };

export const awk: Rule = (args, judge) => {
  const found = given(args, options, judge);
  if (found === undefined) return "unknown";
  const [first, ...files] = found.operands;
  const program = literal(first);
  if (program === undefined || !isHarmless(program)) return "unknown";
  const isAssignment = (text: string | undefined) => /^[A-Za-z_][A-Za-z0-9_]*=/.test(text ?? "");
  return readOnlyIf(
    files.every((word) => isAssignment(literal(word)) || isReadable(word) || judge.known(word) !== "any"),
  );
};

/** What reaches outside of the program, reads files it makes up, or may go round for ever. */
const refused = new Set(
  "system getline close fflush function func while do ARGV ARGC SYMTAB FUNCTAB PROCINFO ENVIRON nextfile srand".split(
    " ",
  ),
);

/**
 * Whether a program only looks at its input and prints to its output. A `>` is a comparison unless a `print` stands
 * before it in the same statement; a single `|` never is harmless.
 */
function isHarmless(program: string): boolean {
  let printing = false;
  let before = "";
  for (const token of tokensOf(program)) {
    if (token === undefined || refused.has(token)) return false;
    if (/^[{};\n]$/.test(token)) printing = false;
    if (token === "print" || token === "printf") printing = true;
    if (token === "|" || token === ">>" || token === "|&" || token === "@") return false;
    if ((token === ">" || token === ">=") && printing) return false;
    if (before === "for" && token !== "(") return false;
    before = token;
  }
  return forLoopsEnd(program) && growsLittle(program);
}

/** A loop over a record's fields or an array ends; any other may not. */
const endingLoop =
  /\bfor[ \t]*\([ \t]*(?:[A-Za-z_]\w*[ \t]+in[ \t]+[A-Za-z_]\w*|([A-Za-z_]\w*)[ \t]*=[ \t]*[0-9]+[ \t]*;[ \t]*\1[ \t]*<=?[ \t]*NF[ \t]*;[ \t]*(?:\1\+\+|\+\+\1))[ \t]*\)/g;

function forLoopsEnd(program: string): boolean {
  const loops = program.match(/\bfor\b/g)?.length ?? 0;
  if (loops === 0) return true;
  const ending = [...program.matchAll(endingLoop)];
  if (
    ending.length !== loops ||
    /\bNF[ \t]*(?:=[^=]|\+\+|[-+*/%^]=)|\+\+NF|\$[ \t]*\(?[A-Za-z0-9_+ ]+\)?[ \t]*=[^=~]/.test(program)
  )
    return false;
  const counters = ending.map((found) => found[1]).filter((name) => name !== undefined);
  const rest = program.replace(endingLoop, "");
  return (
    loops <= 2 &&
    counters.every((name) => !new RegExp(`\\b${name}\\b[ \\t]*(?:=[^=]|\\+\\+|--|[-+*/%^]=)|--${name}\\b`).test(rest))
  );
}

/** Text that doubles with every line fills memory: a plain assignment may not use a name that one fills. */
function growsLittle(program: string): boolean {
  if ((program.match(/\bg?sub\b|\bgensub\b/g)?.length ?? 0) > 4 || /%[^a-zA-Z%"]*(?:[0-9]{4}|\*)/.test(program))
    return false;
  const filled = new Set(
    [...program.matchAll(/([A-Za-z_]\w*)(?:\[[^\]]*\])?[ \t]*=(?![=~])/g)].map((found) => found[1]),
  );
  filled.delete("NF");
  return (
    [...program.matchAll(/(?<![=!<>+*/%^-])=(?![=~])([^;}\n]*)/g)].every(([, value = ""]) =>
      [...value.matchAll(/[A-Za-z_]\w*/g)].every(([name]) => !filled.has(name)),
    ) && !/\$[ \t]*(?:0|\()[^;]*[^=!<>]=[^=~][^;]*\$/.test(program)
  );
}

/** Words and signs outside of strings, expressions and comments; undefined stands for what cannot be told. */
function* tokensOf(program: string): Generator<string | undefined> {
  const token =
    /[ \t]+|"(?:[^"\\\n]|\\[^\n])*"|[A-Za-z_]\w*|[0-9.]+|\|\||&&|[<>=!+*/%^-]=|>>|\+\+|--|[-{}();\n,$+*%^!~<>=[\]?:|@/]/y;
  const regexp = /\/(?:[^/\\[\n]|\\[^\n]|\[\^?(?:\[:[a-z]+:\]|[^[\]/\\\n])+\])*\//y;
  let operand = false;
  for (let at = 0; at < program.length; ) {
    const isRegexp: boolean = program[at] === "/" && !operand;
    const expression: RegExp = isRegexp ? regexp : token;
    expression.lastIndex = at;
    const found: string | undefined = expression.exec(program)?.[0];
    if (found === undefined) return yield undefined;
    at += found.length;
    if (/^[ \t]/.test(found)) continue;
    // after a name, a number, a string, `)`, `]` or `$` a slash divides
    operand =
      isRegexp ||
      (/^["A-Za-z0-9_.)\]$]|^(?:\+\+|--)$/.test(found) && !/^(?:print|printf|in|return|else|delete|exit)$/.test(found));
    if (!isRegexp && !found.startsWith('"')) yield found;
  }
}
