import type { Inode } from "../tree.ts";
import { rawMode } from "./record.ts";
import { type Said, said } from "./said.ts";
import { inodeAt, look, NotFromImage, type View } from "./view.ts";

const kinds: Readonly<Record<string, Inode["type"]>> = {
  ...{ d: "directory", f: "file", p: "fifo", b: "block", c: "character", L: "symlink", h: "symlink" },
};

/** Bits that `test` asks for by a letter. */
const bits: Readonly<Record<string, number>> = { u: 0o4000, g: 0o2000, k: 0o1000 };

/** `test`, of one file by root, and of strings. Whether root may write depends on mounts, and is not understood. */
export function test(view: View, words: readonly string[]): Said | undefined {
  const negated = words[0] === "!";
  const [first = "", second, third, ...more] = negated ? words.slice(1) : words;
  if (second === undefined || more.length > 0) return undefined;
  const truth = third === undefined ? ofFile(view, first, second) : ofStrings(first, second, third);
  return truth === undefined ? undefined : said(truth === negated ? 1 : 0);
}

function ofStrings(left: string, operator: string, right: string): boolean | undefined {
  if (left === "!" || left === "(") return undefined;
  return operator === "=" ? left === right : operator === "!=" ? left !== right : undefined;
}

function ofFile(view: View, flag: string, path: string): boolean | undefined {
  const letter = /^-([a-zA-Z])$/.exec(flag)?.[1] ?? "";
  if (letter === "n" || letter === "z") return (path === "") === (letter === "z");
  if (letter === "" || !"edfLhpSbcrxsugk".includes(letter)) return undefined;
  const inode = inodeAt(view, path, letter !== "L" && letter !== "h");
  if (inode === undefined) return false;
  if (letter === "e" || letter === "r") return true;
  if (letter === "s") return inode.type === "directory" || inode.sizeBytes > 0;
  if (letter === "x") return inode.type === "directory" || (inode.mode & 0o111) !== 0;
  if (letter in bits) return (inode.mode & (bits[letter] ?? 0)) !== 0;
  return inode.type === kinds[letter];
}

const typeWords: Readonly<Record<Inode["type"], string>> = {
  ...{ directory: "directory", file: "regular file", symlink: "symbolic link", fifo: "fifo" },
  ...{ block: "block special file", character: "character special file" },
};
const letters: Readonly<Record<Inode["type"], string>> = {
  ...{ directory: "d", file: "-", symlink: "l", fifo: "p", block: "b", character: "c" },
};

/** `stat` with a format, of one file. Times of access, blocks and numbers of inodes are not in an image. */
export function stat(view: View, words: readonly string[]): Said | undefined {
  let follow = false;
  let format: string | undefined;
  const paths: string[] = [];
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at] ?? "";
    const long = /^--(format|printf)(?:=(.*))?$/s.exec(word);
    if (word === "-L" || word === "--dereference") follow = true;
    else if (word === "-c" || long !== null) {
      const text = long?.[2] ?? words[++at];
      format = long?.[1] === "printf" ? text?.replaceAll("\\n", "\n") : `${text}\n`;
    } else if (word.startsWith("-")) return undefined;
    else paths.push(word);
  }
  const [path = "", ...more] = paths;
  if (format === undefined || format.includes("\\") || more.length > 0) return undefined;
  const inode = inodeAt(view, path, follow);
  if (inode === undefined) return said(1, "", `stat: cannot stat '${path}': No such file or directory\n`);
  const facts: Readonly<Record<string, string | number | undefined>> = {
    s: inode.type === "directory" ? undefined : inode.sizeBytes,
    f: rawMode(inode),
    a: inode.mode.toString(8),
    A: permissions(inode),
    u: inode.uid,
    g: inode.gid,
    U: view.accounts.user(inode.uid),
    G: view.accounts.group(inode.gid),
    Y: inode.mtime,
    n: path,
    F: inode.type === "file" && inode.sizeBytes === 0 ? "regular empty file" : typeWords[inode.type],
    "%": "%",
  };
  const known = [...format.matchAll(/%(.)/gs)].every(([, letter = ""]) => facts[letter] !== undefined);
  return known
    ? said(
        0,
        format.replaceAll(/%(.)/gs, (_, letter) => String(facts[letter])),
      )
    : undefined;
}

/** `%A`: `drwxr-xr-x`, with the set-id and sticky bits in their places. */
function permissions({ type, mode }: Inode): string {
  const set = (on: number, at: number, yes: string) => {
    const runs = (mode & (1 << at)) !== 0;
    return (mode & on) === 0 ? (runs ? "x" : "-") : runs ? yes : yes.toUpperCase();
  };
  const two = (at: number) => `${(mode & (4 << at)) === 0 ? "-" : "r"}${(mode & (2 << at)) === 0 ? "-" : "w"}`;
  return `${letters[type]}${two(6)}${set(0o4000, 6, "s")}${two(3)}${set(0o2000, 3, "s")}${two(0)}${set(0o1000, 0, "t")}`;
}

/** `readlink` of one path, plain or `-f`. */
export function readLink(view: View, words: readonly string[]): Said | undefined {
  const options = words.filter((word) => word.startsWith("-")).join("");
  const [path = "", ...more] = words.filter((word) => !word.startsWith("-"));
  if (!/^[-nf]*$/.test(options) || more.length > 0) return undefined;
  const end = options.includes("n") ? "" : "\n";
  if (options.includes("f")) {
    const { path: at } = look(view, path);
    return at === undefined ? said(1) : said(0, `${at}${end}`);
  }
  const inode = inodeAt(view, path, false);
  return inode?.type === "symlink" ? said(0, `${inode.link}${end}`) : said(1);
}

/** `ls` of one path, names only, in the order of the bytes. */
export function list(view: View, words: readonly string[]): Said | undefined {
  const options = words.filter((word) => word.startsWith("-")).join("");
  const [path = "", ...more] = words.filter((word) => !word.startsWith("-"));
  if (path === "" || more.length > 0 || !/^[-1aAd]*$/.test(options)) return undefined;
  const found = look(view, path);
  if (found.kind === "missing" && inodeAt(view, path, false) === undefined) {
    return said(2, "", `ls: cannot access '${path}': No such file or directory\n`);
  }
  if (found.kind === "missing" || options.includes("d") || found.inode.type !== "directory")
    return said(0, `${path}\n`);
  const names = [...(options.includes("a") ? [".", ".."] : []), ...namesIn(found.inode)];
  const shown = names.filter((name) => /[aA]/.test(options) || !name.startsWith("."));
  return said(0, shown.map((name) => `${name}\n`).join(""));
}

/** The names in a folder, in the order of their bytes. */
export const namesIn = ({ children }: Inode): readonly string[] =>
  [...(children?.keys() ?? [])].sort((a, b) => (a < b ? -1 : 1));

/** `uname -s` and `uname -m`, of the platform that the image is made for; the kernel's version is the node's. */
export function uname(view: View, words: readonly string[]): Said | undefined {
  const { os, architecture, variant } = view.image.config;
  if (os !== "linux") throw new NotFromImage(`the image is for ${os}`);
  if (words.length === 0 || (words.length === 1 && words[0] === "-s")) return said(0, "Linux\n");
  if (words.length !== 1 || words[0] !== "-m") return undefined;
  const machine = architecture === "arm" ? `arm${variant ?? "v7"}l` : machines[architecture];
  return machine === undefined ? undefined : said(0, `${machine}\n`);
}

/** Go's names of architectures, and the kernel's. */
const machines: Readonly<Record<string, string>> = {
  ...{ amd64: "x86_64", arm64: "aarch64", "386": "i686", ppc64le: "ppc64le", s390x: "s390x", riscv64: "riscv64" },
  ...{ loong64: "loongarch64", mips64le: "mips64" },
};
