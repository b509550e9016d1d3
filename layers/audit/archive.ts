import { createHash } from "node:crypto";
import { existsSync, mkdirSync, renameSync, rmSync, statSync } from "node:fs";
import { readdir } from "node:fs/promises";
import { join, relative } from "node:path";
import { create, extract, type WriteEntry } from "tar";
import { ScanError } from "#contract/errors.ts";

const largestProfileBytes = 64 * 1024 * 1024;
const largestProfileFiles = 20_000;

/** A profile folder as a tar.gz whose bytes depend on names and contents alone, so that its digest names the profile. */
export async function packProfile(folder: string): Promise<Uint8Array> {
  if (!existsSync(folder) || !statSync(folder).isDirectory()) {
    throw new ScanError("profile-unknown", `there is no profile folder ${folder}`);
  }
  if (!existsSync(join(folder, "inspec.yml"))) {
    throw new ScanError("profile-invalid", `${folder} holds no inspec.yml, so it is not a profile`);
  }
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const files = entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)))
    .filter((path) => !path.split("/").includes(".git"))
    .sort();
  if (files.length > largestProfileFiles) {
    throw new ScanError(
      "too-large",
      `${folder} holds ${files.length} files; a profile may hold ${largestProfileFiles}`,
    );
  }
  const chunks: Uint8Array[] = [];
  const plain = { gzip: true, portable: true, noMtime: true, noPax: true, follow: true } as const;
  const pack = create({ cwd: folder, ...plain, linkCache: new NoLinks(), onWriteEntry: withUsualMode }, files);
  for await (const chunk of pack) chunks.push(chunk);
  const bytes = Buffer.concat(chunks);
  if (bytes.length > largestProfileBytes) {
    throw new ScanError(
      "too-large",
      `${folder} packs to ${bytes.length} bytes; a profile may have ${largestProfileBytes}`,
    );
  }
  return bytes;
}

/**
 * Unpacks a profile below `cache`, once for each content, and gives its folder. Links and special files are left out:
 * a profile is text, and a link could lead out of its folder.
 */
export async function unpackProfile(archive: Uint8Array, cache: string): Promise<string> {
  const digest = createHash("sha256").update(archive).digest("hex");
  const folder = join(cache, digest.slice(0, 32));
  if (existsSync(folder)) return folder;
  const half = `${folder}.${process.pid}.${Math.random().toString(36).slice(2)}`;
  let size = 0;
  try {
    mkdirSync(half, { recursive: true });
    const unpack = extract({
      cwd: half,
      strict: true,
      filter: (_path, entry) => {
        size += entry.size ?? 0;
        if (size > 8 * largestProfileBytes) throw new ScanError("too-large", "the profile unpacks to too much");
        return "type" in entry && (entry.type === "File" || entry.type === "Directory");
      },
    });
    await new Promise<void>((resolve, reject) => {
      unpack.on("close", resolve);
      unpack.on("error", reject);
      unpack.end(Buffer.from(archive));
    });
    renameSync(half, folder);
  } catch (error) {
    rmSync(half, { recursive: true, force: true });
    if (existsSync(folder)) return folder; // another task unpacked the same content first
    if (error instanceof ScanError) throw error;
    if (ofThisMachine(error)) {
      const message = `the profile cannot be unpacked below ${cache}: ${error.message}`;
      throw new ScanError("internal", message, { retryable: true, cause: error });
    }
    throw new ScanError("profile-invalid", "the profile's archive cannot be unpacked; register it again", {
      cause: error,
    });
  }
  return folder;
}

/** A full disk, a folder that may not be written: trouble here, which says nothing of the archive. */
function ofThisMachine(error: unknown): error is NodeJS.ErrnoException {
  return error instanceof Error && "syscall" in error;
}

/** Remembers nothing: a file under two names is packed twice, as a link would be dropped where it is unpacked. */
class NoLinks extends Map<never, string> {
  override set(): this {
    return this;
  }
}

/** Rights differ with the umask of whoever checked a profile out, and say nothing about it. */
function withUsualMode({ stat }: WriteEntry): void {
  if (stat !== undefined) stat.mode = (stat.mode & ~0o7777) | 0o644;
}
