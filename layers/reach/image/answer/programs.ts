import type { Simple } from "../../toolbox/read/words.ts";
import { absent } from "./absent.ts";
import { list, readLink, stat, test, uname } from "./files.ts";
import { find } from "./find.ts";
import { type Said, said } from "./said.ts";
import { digestBy } from "./sums.ts";
import { cat, countLines, ends, grep, textOf } from "./text.ts";
import { inodeAt, NotFromImage, type View } from "./view.ts";

/** What a program answers to its words; `input` is what stands before a pipe or behind `<`. Undefined: not understood. */
export type Program = (
  view: View,
  words: readonly string[],
  input: string | undefined,
) => Said | undefined | Promise<Said | undefined>;

const quiet: Readonly<Record<string, Program>> = {
  true: (_view, words) => (words.length === 0 ? said(0) : undefined),
  ":": (_view, words) => (words.length === 0 ? said(0) : undefined),
  false: (_view, words) => (words.length === 0 ? said(1) : undefined),
  // What a backslash or an option means differs from shell to shell.
  echo: (_view, words) =>
    words.some((word) => word.includes("\\")) || words[0]?.startsWith("-")
      ? undefined
      : said(0, `${words.join(" ")}\n`),
};

const programs: Readonly<Record<string, Program>> = {
  ...quiet,
  test,
  "[": (view, words) => (words.at(-1) === "]" ? test(view, words.slice(0, -1)) : undefined),
  stat,
  readlink: readLink,
  ls: list,
  uname,
  find,
  cat,
  grep,
  head: (view, words, input) => ends("head", view, words, input),
  tail: (view, words, input) => ends("tail", view, words, input),
  wc: countLines,
  md5sum: digestBy("md5"),
  sha1sum: digestBy("sha1"),
  sha256sum: digestBy("sha256"),
  sha512sum: digestBy("sha512"),
};

/** Runs one simple command. Throws NotFromImage where it is not known what it would say. */
export async function program(view: View, { words, input: file }: Simple, piped: string | undefined): Promise<Said> {
  const [name = "", ...given] = words;
  const input = file === undefined ? piped : await contentOf(view, file);
  const known = Object.hasOwn(programs, name) ? programs[name] : undefined;
  const result = known === undefined ? absent(view, name) : await known(view, given, input);
  if (result === undefined) throw new NotFromImage(`${name} with such words cannot be answered from files`);
  return result;
}

async function contentOf(view: View, path: string): Promise<string> {
  const inode = inodeAt(view, path);
  // What a shell ends with when it cannot open a file differs from shell to shell.
  if (inode?.type !== "file") throw new NotFromImage(`${path} cannot be read`);
  return textOf(view, path, inode);
}
