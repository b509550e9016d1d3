import { grepParts } from "./grep.ts";

const count = String.raw`[+-]?\d+`;
const list = String.raw`[\d,-]+`;
/** For each program that may stand behind a pipe: the options that make it read and write its standard streams alone. */
const shapes: Readonly<Record<string, RegExp>> = {
  cat: /^$/,
  md5sum: /^$/,
  sha1sum: /^$/,
  sha256sum: /^$/,
  sha512sum: /^$/,
  wc: /^(-[lcwm]+ )*$/,
  uniq: /^(-[cdui]+ )*$/,
  sort: /^(-[nrufbdi]+ |-k ?[\d,.nr]+ |-t ?[^-/ ] )*$/,
  head: new RegExp(`^(-[nc] ?${count} |-\\d+ |-q )*$`),
  tail: new RegExp(`^(-[nc] ?${count} |-\\d+ |-q )*$`),
  cut: new RegExp(`^(-[fcb] ?${list} |-d ?[^/ ] |-s )*$`),
};

/** Whether a program, so called, looks at nothing but its standard input. `tr` takes sets of characters and never a file. */
export function readsInputOnly(program: string, given: readonly string[]): boolean {
  if (program === "tr") return given.length <= 3;
  if (program === "grep") return grepParts(given)?.paths.length === 0;
  // A word with a blank would look like two.
  if (given.some((word) => word.includes(" ") || word === "")) return false;
  return shapes[program]?.test(given.map((word) => `${word} `).join("")) ?? false;
}
