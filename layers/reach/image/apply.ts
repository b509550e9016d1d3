import type { TarEntry } from "./tar/entries.ts";
import { folder, type Inode, put } from "./tree.ts";
import { ImageUnreadable } from "./unreadable.ts";
import { namesBackwards, walk } from "./walk.ts";

const whiteout = ".wh.";
const opaque = ".wh..wh..opq";
/** The kernel's bounds: what is longer could never have been unpacked. */
const longestName = 255;
const longestPath = 4096;
const deepest = longestPath / 2;
/** As many as containerd follows inside a root (continuity, fs.RootPath). */
const mostLinks = 255;

/**
 * Lays one entry of a layer over what the layers below have left (OCI image-spec, layer.md, "Applying Changesets"), as
 * containerd unpacks it: links on the way are followed inside the root, folders merge, everything else replaces. Gives
 * the inode that is now at that path; undefined for whiteouts and for the root itself. Throws ImageUnreadable for a path
 * that leads out of the root. `onFolder` is told of each folder that no entry names and that is made for what is in it.
 */
export function applyEntry(
  root: Inode,
  entry: TarEntry,
  layer: number,
  onFolder: () => void = () => undefined,
): Inode | undefined {
  const names = cleaned(entry.name);
  const name = names.pop();
  if (name === undefined) return undefined; // the root keeps what a runtime gives it
  const parent = folderAt(root, names, layer, onFolder);
  if (name === opaque) {
    removeLower(parent, layer);
    return undefined;
  }
  if (name.startsWith(`${whiteout}${whiteout}`)) return undefined; // notes of an old storage driver to itself
  if (name.startsWith(whiteout)) {
    remove(parent, name.slice(whiteout.length), layer);
    return undefined;
  }
  if (entry.type === "hardlink") {
    const inode = linked(root, entry);
    put(parent, name, inode);
    return inode;
  }
  const before = parent.children?.get(name);
  if (before?.type === "directory" && entry.type === "directory") {
    const { mode, uid, gid, mtime } = entry;
    return Object.assign(before, { mode, uid, gid, mtime, layer });
  }
  const inode = inodeOf(entry, entry.type, layer);
  put(parent, name, inode);
  return inode;
}

function inodeOf(entry: TarEntry, type: Inode["type"], layer: number): Inode {
  const { mode, uid, gid, mtime, link, offset, sparse } = entry;
  if (type === "symlink" && (link === "" || link.length >= longestPath)) {
    throw new ImageUnreadable(`a link of ${link.length} characters at ${shown(entry.name)}`);
  }
  const sizeBytes = type === "file" ? entry.sizeBytes : type === "symlink" ? link.length : 0;
  const own = type === "symlink" ? { mode: 0o777, link } : { mode, link: "" };
  return { type, uid, gid, mtime, sizeBytes, ...own, layer, offset, sparse, content: undefined, children: undefined };
}

/** The names of an entry's path, with `.` and `..` resolved in the text as archivers do. */
function cleaned(path: string): string[] {
  const names: string[] = [];
  if (path.length > longestPath) throw new ImageUnreadable(`a path of ${path.length} characters`);
  for (const name of path.split("/")) {
    if (name === "" || name === ".") continue;
    if (name.length > longestName || name.includes("\0"))
      throw new ImageUnreadable(`no such name can be: ${shown(path)}`);
    if (name !== "..") names.push(name);
    else if (names.pop() === undefined) throw new ImageUnreadable(`${shown(path)} leads out of the image's root`);
  }
  return names;
}

/** The folder at a path, through links inside the root; what is missing is made. */
export function folderAt(
  root: Inode,
  path: readonly string[],
  layer: number,
  onFolder: () => void = () => undefined,
): Inode {
  const trail: Inode[] = [];
  const pending = path.toReversed();
  const shownPath = () => shown(path.join("/"));
  for (let links = 0; ; ) {
    const name = pending.pop();
    if (name === undefined) return trail.at(-1) ?? root;
    if (name === "..") trail.pop();
    if (name === ".." || name === ".") continue;
    const here = trail.at(-1) ?? root;
    let next = here.children?.get(name);
    if (next === undefined) {
      onFolder();
      next = folder(layer);
      put(here, name, next);
    }
    if (next.type === "symlink") {
      links += 1;
      if (links > mostLinks) throw new ImageUnreadable(`links go round in circles at ${shownPath()}`);
      if (next.link.startsWith("/")) trail.length = 0;
      pending.push(...namesBackwards(next.link));
    } else if (next.type === "directory") trail.push(next);
    else throw new ImageUnreadable(`${shownPath()} is to be a folder, and a file is in its way`);
    if (trail.length > deepest) throw new ImageUnreadable("folders are nested beyond all bounds");
  }
}

function linked(root: Inode, { name, link }: TarEntry): Inode {
  const names = cleaned(link);
  const last = names.pop() ?? "";
  const parent = walk(root, `/${names.join("/")}`, { follow: true });
  const inode = parent.kind === "there" ? parent.inode.children?.get(last) : undefined;
  if (inode === undefined)
    throw new ImageUnreadable(`${shown(name)} is another name of ${shown(link)}, which is not there`);
  if (inode.type === "directory") throw new ImageUnreadable(`${shown(name)} is to be another name of a folder`);
  return inode;
}

/** Hides what the layers below have at a name; what this layer has put there stays, in whatever order they stand. */
function remove(parent: Inode, name: string, layer: number): void {
  if (name === "" || name === "." || name === "..") throw new ImageUnreadable("a whiteout names no entry");
  const inode = parent.children?.get(name);
  if (inode === undefined) return;
  if (inode.type === "directory") removeLower(inode, layer);
  if (inode.layer < layer && !(inode.children !== undefined && inode.children.size > 0)) parent.children?.delete(name);
}

function removeLower(parent: Inode, layer: number): void {
  for (const name of [...(parent.children?.keys() ?? [])]) remove(parent, name, layer);
}

const shown = (path: string) => JSON.stringify(path.slice(0, 120));
