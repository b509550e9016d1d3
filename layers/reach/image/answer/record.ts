import { createHash } from "node:crypto";
import { type Inode, typeBits } from "../tree.ts";
import { inodeAt, look, type View } from "./view.ts";

/** As in layers/commands/file-record.sh: no more of a file comes with its record. */
const contentCap = 65_536;
/** An image does not tell how large a folder is; overlayfs over ext4, where most nodes have it, says this. */
const folderBytes = 4096;

export interface Printed {
  readonly stdout: Uint8Array;
  readonly exitCode: number;
  readonly truncated?: boolean;
}

/** What layers/commands/file-record.sh prints of a path, byte for byte, and its exit code. */
export async function record(view: View, path: string): Promise<Printed> {
  const end = inodeAt(view, path);
  const own = inodeAt(view, path, false);
  const isLink = own?.type === "symlink";
  const flags = `${end ? "e" : ""}${isLink ? "L" : ""}${end ? `${typeLetter[end.type]}r` : ""}`;
  const head = [flags, end ? statLine(view, end) : "", ...(isLink ? [statLine(view, own)] : [])];
  const links = isLink ? `${own.link}\0${canonical(view, path)}\0` : "";
  const before = Buffer.from(`${head.join("\n")}\n${links}`, "latin1");
  const asked = end?.type === "file" && end.sizeBytes < contentCap && !/\/(kmsg|trace_pipe[^/]*)/.test(path);
  if (!asked) return { stdout: before, exitCode: 1 };
  return { stdout: Buffer.concat([before, await view.image.contents.read(end)]), exitCode: 0 };
}

/** What layers/commands/file-content.sh prints: how many bytes, the bytes, and their SHA-256. */
export async function content(view: View, path: string): Promise<Printed> {
  const end = inodeAt(view, path);
  if (end?.type !== "file") return { stdout: new Uint8Array(0), exitCode: 1 };
  const bytes = await view.image.contents.read(end);
  if (bytes.length < end.sizeBytes) return { stdout: bytes, exitCode: 0, truncated: true };
  const digest = createHash("sha256").update(bytes).digest("hex");
  return {
    stdout: Buffer.concat([Buffer.from(`${end.sizeBytes}\n`), bytes, Buffer.from(`${digest}  -\n`)]),
    exitCode: 0,
  };
}

/** The letters of `test` for each type, as far as the record asks for them. */
const typeLetter: Readonly<Record<Inode["type"], string>> = {
  ...{ directory: "d", file: "f", fifo: "p", block: "b", character: "c", symlink: "" },
};

/** `%s:%f:%u:%g:%Y:%U:%G:%C`, the last of a system without labels. */
function statLine({ accounts }: View, inode: Inode): string {
  const { uid, gid, mtime } = inode;
  const size = inode.type === "directory" ? folderBytes : inode.sizeBytes;
  return [size, rawMode(inode), uid, gid, mtime, accounts.user(uid), accounts.group(gid), "?"].join(":");
}

/** `%f`: type and mode in hexadecimal. */
export const rawMode = ({ type, mode }: Inode) => (typeBits[type] | mode).toString(16);

/** `readlink -n -f`: the last name need not be there. */
function canonical(view: View, path: string): string {
  const found = look(view, path);
  return found.path ?? "";
}
