import { type Find, readFind } from "../../toolbox/read/find.ts";
import type { Inode } from "../tree.ts";
import { namesIn } from "./files.ts";
import { type Entry, readExpression, type Test } from "./find-expression.ts";
import { type Said, said } from "./said.ts";
import { inodeAt, look, NotFromImage, type View } from "./view.ts";

type Print = (path: string) => void;

/**
 * `find` from one start. The order within a folder is that of the names' bytes: the order of a file system is not in an
 * image. Throws NotFromImage where the answer hangs on something that is mounted in the container.
 */
export function find(view: View, words: readonly string[]): Said | undefined {
  const asked = readFind(words);
  const prints = asked === undefined ? undefined : readExpression(asked.expression);
  if (asked === undefined || prints === undefined) return undefined;
  const inode = inodeAt(view, asked.start, false);
  if (inode === undefined) return said(1, "", `find: '${asked.start}': No such file or directory\n`);
  const found: string[] = [];
  let left = mostPrinted;
  const print = (path: string) => {
    left -= path.length + 1;
    if (left < 0) throw new NotFromImage(`it would print more than ${mostPrinted} bytes`);
    found.push(path);
  };
  sweep(view, asked, prints, print, { path: asked.start, real: realPath(view, asked.start), inode }, 0);
  return said(0, found.map((path) => `${path}\n`).join(""));
}

/** Long paths of many files add up to gigabytes. */
const mostPrinted = 32 * 2 ** 20;

const realPath = (view: View, path: string) => look(view, path, false).path ?? path;

interface At {
  readonly path: string;
  /** The path without links, by which the mounts are known. */
  readonly real: string;
  readonly inode: Inode;
}

function sweep(view: View, asked: Find, prints: Test, print: Print, at: At, depth: number): void {
  const entry = entryOf(view, at);
  if (depth >= asked.least && prints(entry)) print(at.path);
  if (depth >= asked.most) return;
  const covered = view.covers.has(at.real);
  if (covered && entry.type !== "file") {
    if (asked.oneDevice) return;
    throw new NotFromImage(`${at.real} is not the image's own in a container`);
  }
  for (const name of at.inode.type === "directory" ? namesIn(at.inode) : []) {
    const inode = at.inode.children?.get(name);
    const below = { path: joined(at.path, name), real: joined(at.real, name) };
    if (inode !== undefined) sweep(view, asked, prints, print, { ...below, inode }, depth + 1);
  }
}

const joined = (path: string, name: string) => `${path.replace(/\/$/, "")}/${name}`;
function entryOf({ covers }: View, { path, real, inode }: At): Entry {
  if (covers.has(real)) {
    const cover = covers.get(real);
    const owner = cover === undefined ? undefined : 0;
    return { path, type: cover?.type, mode: cover?.mode, uid: owner, gid: owner, sizeBytes: undefined };
  }
  const { type, mode, uid, gid } = inode;
  return { path, type, mode, uid, gid, sizeBytes: type === "directory" ? undefined : inode.sizeBytes };
}
