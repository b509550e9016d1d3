import { readOnlyIf } from "../class.ts";
import { areReadable, given, type Options, type Rule } from "../options.ts";
import { literal } from "../words.ts";

const options: Options = {
  flags: "nErsuz",
  valued: "e",
  long: "quiet silent regexp-extended expression= separate unbuffered null-data posix",
  dashedValues: true,
};

export const sed: Rule = (args, judge) => {
  const found = given(args, options, judge);
  if (found === undefined) return "unknown";
  const scripts = [...(found.options.get("e") ?? []), ...(found.options.get("expression") ?? [])];
  const [first, ...rest] = found.operands;
  const files = scripts.length > 0 ? found.operands : rest;
  const parts = (scripts.length > 0 ? scripts : first === undefined ? [] : [first]).map(literal);
  if (parts.length === 0 || !areReadable(files, judge)) return "unknown";
  return readOnlyIf(parts.every((script) => script !== undefined && isHarmless(script)));
};

/** Joining all lines: the one loop that is known to end. */
const joinsLines = /^\s*:a;\s*N;\s*\$!\s*ba;\s*/;

/**
 * Whether a script is made of the commands that print, delete, substitute and quit, with addresses. Not `w`, `e`, `r`,
 * `R`, `W`, `F`, labels (they may loop), or the hold space (it may double with every line).
 */
function isHarmless(script: string): boolean {
  const reader = { text: script.replace(joinsLines, ""), at: 0 };
  const next = (expression: RegExp) => {
    expression.lastIndex = reader.at;
    const found = expression.exec(reader.text);
    if (found !== null) reader.at += found[0].length;
    return found?.[0];
  };
  const delimited = (delimiter: string, isPattern: boolean) => {
    const part = upTo(reader.text, reader.at, delimiter, isPattern);
    if (part === undefined) return undefined;
    reader.at += part.length + 1;
    return part;
  };
  const address = (): boolean => {
    if (next(/[0-9]+(?:~[0-9]+)?|\$/y) !== undefined) return true;
    const sign = next(/\/|\\[,#|:@%!]/y);
    return sign !== undefined && delimited(sign.slice(-1), true) !== undefined && next(/[IM]*/y) !== undefined;
  };
  let growth = 1;
  while (reader.at < reader.text.length) {
    if (next(/[\s;]+/y) !== undefined) continue;
    if (/[0-9$/\\]/.test(reader.text[reader.at] ?? "")) {
      if (!address()) return false;
      next(/[ \t]*/y);
      if (next(/,[ \t]*/y) !== undefined && next(/[+~][0-9]+/y) === undefined && !address()) return false;
    }
    next(/[ \t]*!?[ \t]*/y);
    const verb = next(/[{}pPdnNlq=Qsy]/y);
    if (verb === "s" || verb === "y") {
      const delimiter = next(/[/|,#:@%!~_+]/y);
      if (delimiter === undefined || delimited(delimiter, verb === "s") === undefined) return false;
      const replacement = delimited(delimiter, false);
      if (replacement === undefined) return false;
      growth *= Math.max(1, replacement.match(/&|\\[0-9]/g)?.length ?? 0);
      if (growth > 100) return false;
      if (verb === "s") next(/[gpiIM0-9]*/y);
    } else if (verb === "q" || verb === "Q") next(/[ \t]*[0-9]*/y);
    else if (verb === undefined) return false;
    else if (verb === "{") continue;
    // whatever else stands right after a command, such as a flag of `s`, is not known
    if (next(/[ \t]*(?:[;\n]|(?=\})|$)/y) === undefined) return false;
  }
  return true;
}

/**
 * The text up to the next unescaped delimiter. Where a bracket expression might hide one, seds disagree; there it is
 * undefined.
 */
function upTo(text: string, from: number, delimiter: string, isPattern: boolean): string | undefined {
  for (let at = from; at < text.length; at += 1) {
    const char = text[at];
    if (char === delimiter) return text.slice(from, at);
    if (char === "\\") {
      at += 1;
      if (text[at] === "\n" || text[at] === "c") return undefined;
    } else if (char === "[" && isPattern) {
      const bracket = /\[\^?(?:\[:[a-z]+:\]|[^[\]\\\n])+\]/y;
      bracket.lastIndex = at;
      const found = bracket.exec(text)?.[0];
      if (found === undefined || found.includes(delimiter)) return undefined;
      at += found.length - 1;
    } else if (char === "\n") return undefined;
  }
  return undefined;
}
