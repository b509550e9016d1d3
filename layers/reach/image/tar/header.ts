import { ImageUnreadable } from "../unreadable.ts";

export const blockBytes = 512;

export type EntryType = "file" | "directory" | "symlink" | "hardlink" | "character" | "block" | "fifo";

/** One header block of a tar (POSIX.1-1988 ustar, and GNU's). Text is latin1: each byte its own character. */
export interface Header {
  /** The type's letter as it stands there. */
  readonly flag: string;
  readonly name: string;
  readonly link: string;
  /** The lower twelve bits. */
  readonly mode: number;
  readonly uid: number;
  readonly gid: number;
  /** Bytes that follow, before they are rounded up to blocks. */
  readonly stored: number;
  /** Seconds since 1970. */
  readonly mtime: number;
  /** Of GNU's old sparse files: the size with holes, and whether the map of holes goes on behind the header. */
  readonly sparse: { readonly size: number; readonly goesOn: boolean } | undefined;
}

/** Reads a header block; undefined for the block of zeros that ends an archive. */
export function readHeader(block: Buffer): Header | undefined {
  if (block.every((byte) => byte === 0)) return undefined;
  checkSum(block);
  const text = (from: number, length: number) => {
    const field = block.toString("latin1", from, from + length);
    const end = field.indexOf("\0");
    return end < 0 ? field : field.slice(0, end);
  };
  const number = (from: number, length: number) => numberIn(block.subarray(from, from + length));
  const flag = block[156] === 0 ? "0" : String.fromCharCode(block[156] ?? 0);
  // GNU's archives have other things where ustar has the beginning of a long name.
  const prefix = block.toString("latin1", 257, 263) === "ustar\0" ? text(345, 155) : "";
  return {
    flag,
    name: prefix === "" ? text(0, 100) : `${prefix}/${text(0, 100)}`,
    link: text(157, 100),
    mode: number(100, 8) & 0o7777,
    uid: number(108, 8),
    gid: number(116, 8),
    stored: number(124, 12),
    mtime: number(136, 12),
    sparse: flag === "S" ? { size: number(483, 12), goesOn: block[482] === 1 } : undefined,
  };
}

/** Old archives added up signed bytes; both sums are taken. */
function checkSum(block: Buffer): void {
  let unsigned = 0;
  let signed = 0;
  for (let at = 0; at < blockBytes; at += 1) {
    const byte = at >= 148 && at < 156 ? 32 : (block[at] ?? 0);
    unsigned += byte;
    signed += byte > 127 ? byte - 256 : byte;
  }
  const said = numberIn(block.subarray(148, 156));
  if (said !== unsigned && said !== signed) throw new ImageUnreadable("a header in a layer has a wrong checksum");
}

/** Octal digits, or GNU's base-256 where the first bit is set. */
function numberIn(field: Buffer): number {
  const first = field[0] ?? 0;
  if (first >= 0x80) {
    const negative = (first & 0x40) !== 0;
    let value = negative ? BigInt((first & 0x7f) - 0x80) : BigInt(first & 0x7f);
    for (const byte of field.subarray(1)) value = value * 256n + BigInt(byte);
    return safe(Number(value));
  }
  const digits = field.toString("latin1").replaceAll(/^[ \0]+|[ \0].*$/gs, "");
  if (!/^[0-7]*$/.test(digits)) throw new ImageUnreadable("a header in a layer holds a number that is none");
  return digits === "" ? 0 : safe(Number.parseInt(digits, 8));
}

function safe(value: number): number {
  if (!Number.isSafeInteger(value)) throw new ImageUnreadable("a header in a layer holds a number beyond all bounds");
  return value;
}
