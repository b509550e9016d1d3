/** Words of a grep: options and pattern, in grep's own words, and the files that it looks at. */
export interface Grep {
  readonly words: readonly string[];
  readonly paths: readonly string[];
}

/** Reads what a grep was given; undefined where an option is not known, or there is no pattern. */
export function grepParts(given: readonly string[]): Grep | undefined {
  const options: string[] = [];
  const operands: string[] = [];
  for (let at = 0; at < given.length; at += 1) {
    const word = given[at] ?? "";
    if (word === "-e") options.push(word, given[++at] ?? "");
    else if (word === "--" && operands.length === 0) {
      operands.push(...given.slice(at + 1));
      break;
    } else if (/^-[EFGivcqsnxwo]+$/.test(word)) options.push(word);
    else if (word.startsWith("-")) return undefined;
    else operands.push(word);
  }
  if (options.includes("-e")) return { words: options, paths: operands };
  const [pattern, ...paths] = operands;
  return pattern === undefined ? undefined : { words: [...options, "-e", pattern], paths };
}
