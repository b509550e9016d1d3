import { type FileHandle, open, stat } from "node:fs/promises";
import { join } from "node:path";
import { FileSource } from "../tar/byte-source.ts";
import { tarEntries } from "../tar/entries.ts";
import { ImageUnreadable, imageTooLarge } from "../unreadable.ts";

/** Where a member's bytes lie on this machine. */
export interface Place {
  readonly file: FileHandle;
  readonly from: number;
  readonly sizeBytes: number;
}

/** The files that an image is stored as: a folder, or an archive of one. Names have no `./` before them. */
export interface ImageFiles {
  /** Undefined where there is no such file. */
  find(name: string): Promise<Place | undefined>;
  close(): Promise<void>;
}

/** An archive has a few members for each layer. */
const mostMembers = 10_000;
const pieceBytes = 64 * 1024;

/** Opens an image at rest: a folder in OCI layout, or a tar of one, or of `docker save`. */
export async function openFiles(path: string): Promise<ImageFiles> {
  const found = await stat(path).catch(unreadable(path));
  if (found.isDirectory()) return folderFiles(path);
  // Whoever opens a pipe waits for its writer.
  if (!found.isFile()) throw new ImageUnreadable(`${path} is neither a file nor a folder`);
  return archiveFiles(await open(path).catch(unreadable(path)));
}

const unreadable = (path: string) => (error: Error) => {
  throw new ImageUnreadable(`${path} cannot be opened (${error.message})`, error);
};

function folderFiles(path: string): ImageFiles {
  const opened = new Map<string, Promise<Place | undefined>>();
  const find = async (name: string): Promise<Place | undefined> => {
    // Names come out of the image's own documents.
    if (!/^[\w.-]+(\/[\w.-]+)*$/.test(name) || name.split("/").includes("..")) return undefined;
    const found = await stat(join(path, name)).catch(() => undefined);
    const file = found?.isFile() === true ? await open(join(path, name)).catch(() => undefined) : undefined;
    if (file === undefined) return undefined;
    return { file, from: 0, sizeBytes: (await file.stat()).size };
  };
  return {
    find(name) {
      const place = opened.get(name) ?? find(name);
      opened.set(name, place);
      return place;
    },
    async close() {
      await Promise.all([...opened.values()].map(async (place) => (await place)?.file.close()));
    },
  };
}

async function archiveFiles(file: FileHandle): Promise<ImageFiles> {
  try {
    const source = new FileSource(file, (await file.stat()).size);
    const members = new Map<string, { from: number; sizeBytes: number } | { link: string }>();
    for await (const { type, name, link, offset, sizeBytes } of tarEntries(source)) {
      // Older archives hold a layer that several images share once, and links to it elsewhere.
      if (type === "symlink") members.set(plain(name), { link: plain(join(plain(name), "..", link)) });
      else if (type === "hardlink") members.set(plain(name), { link: plain(link) });
      else if (type === "file") members.set(plain(name), { from: offset, sizeBytes });
      if (members.size > mostMembers) throw imageTooLarge(`its archive has more than ${mostMembers} members`);
    }
    return {
      async find(name) {
        const first = members.get(plain(name));
        const member = first !== undefined && "link" in first ? members.get(first.link) : first;
        return member === undefined || "link" in member ? undefined : { file, ...member };
      },
      close: () => file.close(),
    };
  } catch (error) {
    await file.close();
    throw error;
  }
}

const plain = (name: string) => name.replace(/^(\.?\/)+/, "");

/**
 * The bytes of a place. Each piece is only good until the next one is asked for, since it is the same memory: a gigabyte
 * of new buffers leaves more than a hundred megabytes waiting for the collector at any time.
 */
export async function* bytesAt({ file, from, sizeBytes }: Place, signal: AbortSignal): AsyncGenerator<Uint8Array> {
  const piece = Buffer.allocUnsafeSlow(Math.min(pieceBytes, sizeBytes));
  for (let done = 0; done < sizeBytes; ) {
    signal.throwIfAborted();
    const { bytesRead } = await file.read(piece, 0, Math.min(piece.length, sizeBytes - done), from + done);
    if (bytesRead === 0) throw new ImageUnreadable("its archive ends in the middle");
    done += bytesRead;
    yield piece.subarray(0, bytesRead);
  }
}

/** A small document, whole. */
export async function documentAt({ file, from, sizeBytes }: Place, mostBytes: number): Promise<Uint8Array> {
  if (sizeBytes > mostBytes) throw imageTooLarge(`a document of it has ${sizeBytes} bytes`);
  const bytes = Buffer.alloc(sizeBytes);
  const { bytesRead } = await file.read(bytes, 0, sizeBytes, from);
  return bytes.subarray(0, bytesRead);
}
