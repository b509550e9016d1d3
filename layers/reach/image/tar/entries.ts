import { ImageUnreadable } from "../unreadable.ts";
import type { ByteSource } from "./byte-source.ts";
import { blockBytes, type EntryType, type Header, readHeader } from "./header.ts";
import { type Pax, paxNumber, readPax } from "./pax.ts";

/** One member of an archive. Names are latin1: each byte its own character. */
export interface TarEntry {
  readonly type: EntryType;
  readonly name: string;
  readonly link: string;
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  readonly sizeBytes: number;
  /** Where its content begins in the archive. */
  readonly offset: number;
  /** Its content is stored with holes left out, and cannot be read from one place. */
  readonly sparse: boolean;
}

/** Go's archive/tar, which runtimes unpack with, takes no longer ones. */
const longestExtra = 2 ** 20;

const types: Readonly<Record<string, EntryType>> = {
  ...{ "0": "file", "1": "hardlink", "2": "symlink", "3": "character", "4": "block", "5": "directory", "6": "fifo" },
  ...{ "7": "file", S: "file" },
};

/**
 * The members of an archive in order. Between two of them the caller may take the content of the first from `bytes`, any
 * part of it or nothing. Throws ImageUnreadable for what no runtime would unpack.
 */
export async function* tarEntries(bytes: ByteSource): AsyncGenerator<TarEntry, void, void> {
  let own: Pax = new Map();
  let long: { name?: string; link?: string } = {};
  for (;;) {
    const block = await bytes.take(blockBytes);
    if (block === undefined) return; // some archives lack their last blocks
    if (block.length < blockBytes) throw cut();
    const header = readHeader(block);
    if (header === undefined) return;
    if (header.flag === "x") own = readPax(await extra(bytes, header));
    else if (header.flag === "g") {
      // A member of its own to Go's archive/tar, and of no effect to containerd.
      readPax(await extra(bytes, header));
      own = new Map();
      long = {};
    } else if (header.flag === "L") long = { ...long, name: textOf(await extra(bytes, header)) };
    else if (header.flag === "K") long = { ...long, link: textOf(await extra(bytes, header)) };
    else {
      for (let goesOn = header.sparse?.goesOn; goesOn; ) goesOn = ((await bytes.take(blockBytes)) ?? [])[504] === 1;
      const stored = storedBytes(header, own);
      const entry = entryOf({ ...header, ...long }, own, bytes.position, stored);
      yield entry;
      const end = entry.offset + Math.ceil(stored / blockBytes) * blockBytes;
      const left = end - bytes.position;
      if ((await bytes.skip(left)) < left - (end - entry.offset - stored)) throw cut();
      own = new Map();
      long = {};
    }
  }
}

function entryOf(header: Header, pax: Pax, offset: number, stored: number): TarEntry {
  const type = types[header.flag];
  if (type === undefined) throw new ImageUnreadable(`a layer holds an entry of type ${JSON.stringify(header.flag)}`);
  const name = pax.get("GNU.sparse.name") || pax.get("path") || header.name;
  const withHoles = header.sparse?.size ?? paxNumber(pax, "GNU.sparse.realsize") ?? paxNumber(pax, "GNU.sparse.size");
  return {
    // Before there was a type for it, a folder was a file whose name ends with a slash.
    type: type === "file" && name.endsWith("/") ? "directory" : type,
    name,
    link: pax.get("linkpath") || header.link,
    mode: header.mode,
    uid: identity(paxNumber(pax, "uid") ?? header.uid),
    gid: identity(paxNumber(pax, "gid") ?? header.gid),
    mtime: paxNumber(pax, "mtime") ?? header.mtime,
    sizeBytes: withHoles ?? stored,
    offset,
    sparse: withHoles !== undefined,
  };
}

/** Only plain files have content; for the others a size is there at times, and nothing follows. */
function storedBytes({ flag, stored }: Header, pax: Pax): number {
  const size = /[1-6]/.test(flag) ? 0 : (paxNumber(pax, "size") ?? stored);
  if (size < 0) throw new ImageUnreadable("a layer holds a file of less than no bytes");
  return size;
}

function identity(id: number): number {
  if (id < 0 || id > 0xffff_ffff) throw new ImageUnreadable(`a layer names owner ${id}`);
  return id;
}

async function extra(bytes: ByteSource, { stored }: Header): Promise<Buffer> {
  if (stored < 0 || stored > longestExtra)
    throw new ImageUnreadable(`a layer has an extended header of ${stored} bytes`);
  const body = stored === 0 ? Buffer.alloc(0) : await bytes.take(stored);
  const padding = (blockBytes - (stored % blockBytes)) % blockBytes;
  if (body === undefined || body.length < stored || (await bytes.skip(padding)) < padding) throw cut();
  return body;
}

function textOf(body: Buffer): string {
  const end = body.indexOf(0);
  return body.toString("latin1", 0, end < 0 ? body.length : end);
}

const cut = () => new ImageUnreadable("a layer ends in the middle");
