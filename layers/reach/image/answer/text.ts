import { grepParts } from "../../toolbox/read/grep.ts";
import type { Inode } from "../tree.ts";
import { type Matches, matcher } from "./grep.ts";
import { type Said, said } from "./said.ts";
import { inodeAt, NotFromImage, type View } from "./view.ts";

type Words = readonly string[];

/** A file's content; the words of trouble where there is none to be read. */
async function read(view: View, path: string): Promise<{ readonly text: string } | { readonly trouble: string }> {
  const inode = inodeAt(view, path);
  if (inode === undefined) return { trouble: "No such file or directory" };
  if (inode.type === "directory") return { trouble: "Is a directory" };
  if (inode.type !== "file") throw new NotFromImage(`${path} is not a file`);
  return { text: await textOf(view, path, inode) };
}

/** All of a file's content. Throws NotFromImage where it is more than an answer may have. */
export async function textOf(view: View, path: string, inode: Inode): Promise<string> {
  const bytes = await view.image.contents.read(inode);
  if (bytes.length < inode.sizeBytes) throw new NotFromImage(`${path} has ${inode.sizeBytes} bytes`);
  return Buffer.from(bytes).toString("latin1");
}

export async function cat(view: View, words: Words, input: string | undefined): Promise<Said | undefined> {
  const paths = words[0] === "--" ? words.slice(1) : words;
  if (paths.some((path) => path.startsWith("-"))) return undefined;
  if (paths.length === 0) return said(0, input ?? "");
  let [stdout, stderr] = ["", ""];
  for (const path of paths) {
    const found = await read(view, path);
    if ("text" in found) stdout += found.text;
    else stderr += `cat: ${path}: ${found.trouble}\n`;
  }
  return said(stderr === "" ? 0 : 1, stdout, stderr);
}

/** `head` and `tail` by lines, of one file or the input. */
export async function ends(
  name: "head" | "tail",
  view: View,
  words: Words,
  input: string | undefined,
): Promise<Said | undefined> {
  const match = /^(?:-n ?|-)(\d{1,9})(?: |$)/.exec(words.join(" "));
  const count = Number(match?.[1] ?? 10);
  const rest = match === null ? words : words.slice(words[0] === "-n" ? 2 : 1);
  const [path, ...more] = rest;
  if (more.length > 0 || path?.startsWith("-")) return undefined;
  const found = path === undefined ? { text: input ?? "" } : await read(view, path);
  if ("trouble" in found) return said(1, "", `${name}: cannot open '${path}' for reading: ${found.trouble}\n`);
  const lines = linesOf(found.text);
  const kept = name === "head" ? lines.slice(0, count) : lines.slice(Math.max(0, lines.length - count));
  return said(0, kept.join(""));
}

/** `wc -l` and `wc -c` of the input: of a file, the name's column differs from system to system. */
export function countLines(_view: View, words: Words, input: string | undefined): Said | undefined {
  if (words.length !== 1 || input === undefined) return undefined;
  if (words[0] === "-l") return said(0, `${input.split("\n").length - 1}\n`);
  return words[0] === "-c" ? said(0, `${input.length}\n`) : undefined;
}

/** `grep` in one file or the input. */
export async function grep(view: View, words: Words, input: string | undefined): Promise<Said | undefined> {
  const parts = grepParts(words);
  if (parts === undefined) return undefined;
  const letters = new Set(
    parts.words.flatMap((word, at) => (parts.words[at - 1] === "-e" || word === "-e" ? [] : [...word.slice(1)])),
  );
  const [pattern, ...others] = parts.words.filter((_word, at) => parts.words[at - 1] === "-e");
  const [path, ...more] = parts.paths;
  if (pattern === undefined || others.length > 0 || more.length > 0 || letters.has("w") || letters.has("o"))
    return undefined;
  const matches = matcher(pattern, letters);
  if (matches === undefined || (path === undefined && input === undefined)) return undefined;
  const found = path === undefined ? { text: input ?? "" } : await read(view, path);
  if ("trouble" in found) return said(2, "", letters.has("s") ? "" : `grep: ${path}: ${found.trouble}\n`);
  if (found.text.includes("\0")) throw new NotFromImage("grep has its own words for what is not text");
  return picked(linesOf(found.text), matches, letters);
}

function picked(lines: Words, matches: Matches, letters: ReadonlySet<string>): Said {
  const bares = lines.map((line) => line.replace(/\n$/, ""));
  const matching = matches(bares);
  const hits = bares.flatMap((bare, at) => (matching[at] === letters.has("v") ? [] : [{ bare, number: at + 1 }]));
  const code = hits.length > 0 ? 0 : 1;
  if (letters.has("q")) return said(code);
  if (letters.has("c")) return said(code, `${hits.length}\n`);
  const shown = hits.map(({ bare, number }) => `${letters.has("n") ? `${number}:` : ""}${bare}\n`);
  return said(code, shown.join(""));
}

/** Lines with their ends; the last one may lack its. */
const linesOf = (text: string): Words => text.match(/[^\n]*\n|[^\n]+/g) ?? [];
