import { randomUUID } from "node:crypto";
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { applyEntry, type Blobs, EMPTY_KEY, type Journal, type KeyState } from "./journal.ts";
import { entriesPath, isEntriesFolder, prefixFolder, viewPath } from "./paths.ts";

// Superseded states are kept this long: a writer would have to sleep through as many writes of one key to reuse a number.
const KEPT_STATES = 64;

export interface DiskJournalOptions {
  /** Where states and contents lie: `<store>/.s3/<bucket>`. */
  readonly folder: string;
  /** Where people look: `<store>/<bucket>`, hard links to the newest contents under their own keys. */
  readonly view: string;
}

/**
 * A bucket in a folder, safe for several processes at once. A key's states are files `<number>.json`, each put in place by
 * link(2), which fails when the number is taken; the contents under `view` are a convenience and never read back.
 */
export function diskJournal({ folder, view }: DiskJournalOptions): Journal {
  const blobs = diskBlobs(folder);
  const known = new Map<string, KeyState>();

  async function readFolder(path: string): Promise<KeyState> {
    for (;;) {
      const last = (await names(path))
        .filter((name) => name.endsWith(".json"))
        .sort()
        .at(-1);
      if (last === undefined) return EMPTY_KEY;
      const cached = known.get(path);
      if (cached?.sequence === Number.parseInt(last, 10)) return cached;
      const text = await unlessGone(readFile(join(path, last), "utf8"));
      if (text === undefined) continue;
      // Written by `append` below, whole or not at all.
      const state = JSON.parse(text) as KeyState;
      known.set(path, state);
      return state;
    }
  }

  async function walk(path: string): Promise<KeyState[]> {
    const found: KeyState[] = [];
    for (const name of await names(path)) {
      const inner = join(path, name);
      if (isEntriesFolder(name)) found.push(await readFolder(inner));
      else found.push(...(await walk(inner)));
    }
    return found;
  }

  const pathOf = (key: string): string => join(folder, "keys", entriesPath(key));

  return {
    blobs,
    read: (key) => readFolder(pathOf(key)),
    async append(state, entry) {
      const key = entry.kind === "added" ? entry.version.key : entry.key;
      const path = pathOf(key);
      const next = applyEntry(state, entry);
      const written = await linkNew(join(folder, "tmp"), join(path, stateName(next.sequence)), JSON.stringify(next));
      if (!written) return false;
      known.set(path, next);
      await rm(join(path, stateName(next.sequence - KEPT_STATES)), { force: true });
      await showNewest(key, () => readFolder(path), { folder, view });
      return true;
    },
    async list(prefix) {
      const states = await walk(join(folder, "keys", prefixFolder(prefix)));
      return states.filter((state) => state.versions.some(({ key }) => key.startsWith(prefix)));
    },
  };
}

function stateName(sequence: number): string {
  return `${String(sequence).padStart(10, "0")}.json`;
}

/** Creates a file that must not exist yet, whole at once. False when it does exist. */
async function linkNew(scratch: string, path: string, text: string): Promise<boolean> {
  await mkdir(scratch, { recursive: true });
  await mkdir(dirname(path), { recursive: true });
  const temporary = join(scratch, randomUUID());
  await writeFile(temporary, text, { flag: "wx" });
  try {
    await link(temporary, path);
    return true;
  } catch (error) {
    if (hasCode(error, "EEXIST")) return false;
    throw error;
  } finally {
    await rm(temporary, { force: true });
  }
}

/** Puts the newest content where people look, and looks again in case another writer was faster. */
async function showNewest(
  key: string,
  read: () => Promise<KeyState>,
  { folder, view }: DiskJournalOptions,
): Promise<void> {
  const shown = viewPath(key);
  if (shown === undefined) return;
  const path = join(view, shown);
  for (let state = await read(); ; ) {
    const newest = state.versions[0];
    try {
      if (newest === undefined || newest.deleteMarker) await rm(path, { force: true });
      else await linkOver(join(folder, "tmp"), blobPath(folder, newest.blob), path);
    } catch (error) {
      // Key `a` beside key `a/b`: a file cannot be a folder too. Such a key has no plain file, and is served all the same.
      if (
        !["ENOTDIR", "EISDIR", "EEXIST", "ENOTEMPTY", "ENOENT", "ERR_FS_EISDIR"].some((code) => hasCode(error, code))
      ) {
        throw error;
      }
    }
    const after = await read();
    if (after.sequence === state.sequence) return;
    state = after;
  }
}

async function linkOver(scratch: string, from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true });
  const temporary = join(scratch, randomUUID());
  await link(from, temporary);
  // rename(2) does nothing when both names are links to one file already, hence the rm.
  await rename(temporary, to).finally(() => rm(temporary, { force: true }));
}

function blobPath(folder: string, blob: string): string {
  return join(folder, "blobs", blob.slice(0, 2), blob);
}

function diskBlobs(folder: string): Blobs {
  return {
    async put(bytes) {
      const blob = randomUUID();
      const path = blobPath(folder, blob);
      await mkdir(dirname(path), { recursive: true });
      await writeFile(path, bytes, { flag: "wx" });
      return blob;
    },
    get: (blob) => unlessGone(readFile(blobPath(folder, blob))),
    drop: (blob) => rm(blobPath(folder, blob), { force: true }),
  };
}

async function names(path: string): Promise<string[]> {
  return (await unlessGone(readdir(path))) ?? [];
}

async function unlessGone<T>(work: Promise<T>): Promise<T | undefined> {
  try {
    return await work;
  } catch (error) {
    if (hasCode(error, "ENOENT")) return undefined;
    throw error;
  }
}

function hasCode(error: unknown, code: string): boolean {
  return error instanceof Error && "code" in error && error.code === code;
}
