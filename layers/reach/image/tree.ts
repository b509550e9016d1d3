import type { EntryType } from "./tar/header.ts";

/** What an inode is; the names of a hard link share one. */
export interface Inode {
  readonly type: Exclude<EntryType, "hardlink">;
  mode: number;
  uid: number;
  gid: number;
  mtime: number;
  sizeBytes: number;
  /** Where a symbolic link points. */
  readonly link: string;
  /** Number of the layer, from the bottom, that gave it or changed it last. */
  layer: number;
  /** Where a file's content begins in its unpacked layer. */
  readonly offset: number;
  readonly sparse: boolean;
  /** A file's content, where it is kept. */
  content: Buffer | undefined;
  /** A folder's entries; undefined as long as there are none. */
  children: Map<string, Inode> | undefined;
}

/** An empty root. A runtime gives it these rights, whatever a layer says of `./`. */
export function emptyRoot(): Inode {
  return folder(-1);
}

/** A folder that no layer names, but something in it: a runtime makes it so. */
export function folder(layer: number): Inode {
  return {
    ...{ type: "directory", mode: 0o755, uid: 0, gid: 0, mtime: 0, sizeBytes: 0, link: "" },
    ...{ layer, offset: 0, sparse: false, content: undefined, children: undefined },
  };
}

export function put(parent: Inode, name: string, inode: Inode): void {
  parent.children ??= new Map();
  parent.children.set(name, inode);
}

export const typeBits: Readonly<Record<Inode["type"], number>> = {
  fifo: 0o010000,
  character: 0o020000,
  directory: 0o040000,
  block: 0o060000,
  file: 0o100000,
  symlink: 0o120000,
};
