import { mkdir, readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { S3Error } from "./errors.ts";
import type { Journal } from "./journal.ts";
import { memoryJournal } from "./journal-in-memory.ts";
import { diskJournal } from "./journal-on-disk.ts";

export interface BucketOptions {
  /** Refuses unconditional puts and all deletes with 403, as the evidence bucket's policy does. Default false. */
  readonly createOnly?: boolean;
  /** Refuses puts without a condition with 403, as the published bucket's policy does. Default false. */
  readonly conditional?: boolean;
  /** Keeps every version. Default false. */
  readonly versioned?: boolean;
}

export interface Bucket {
  readonly name: string;
  readonly createOnly: boolean;
  readonly conditional: boolean;
  readonly versioned: boolean;
  readonly journal: Journal;
}

export interface Buckets {
  /** Makes a bucket, or gives one that exists these options. */
  create(name: string, options?: BucketOptions): Promise<Bucket>;
  /** `undefined` when there is none, here or in the store. */
  find(name: string): Promise<Bucket | undefined>;
  /** All of them by name, here and in the store. */
  names(): Promise<readonly string[]>;
}

/** The buckets of one account, in memory or in the folder `store`, where buckets of an earlier run are found again. */
export function buckets(store: string | undefined): Buckets {
  const open = new Map<string, Bucket>();

  function opened(name: string, options: BucketOptions): Bucket {
    const { createOnly = false, conditional = false, versioned = false } = options;
    const journal = open.get(name)?.journal ?? newJournal(name);
    const bucket: Bucket = { name, createOnly, conditional, versioned, journal };
    open.set(name, bucket);
    return bucket;
  }

  function newJournal(name: string): Journal {
    if (store === undefined) return memoryJournal();
    return diskJournal({ folder: join(store, ".s3", name), view: join(store, name) });
  }

  return {
    async create(name, options = {}) {
      // Such a name is also a safe folder, and can never be `.s3`.
      if (!/^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]$/.test(name) || name.includes("..")) {
        throw new S3Error(400, "InvalidBucketName", "The specified bucket is not valid.");
      }
      const bucket = opened(name, options);
      if (store !== undefined) await save(store, bucket);
      return bucket;
    },
    async find(name) {
      const known = open.get(name);
      if (known !== undefined || store === undefined || !/^[a-z0-9][a-z0-9.-]+$/.test(name)) return known;
      const options = await load(store, name);
      return options === undefined ? undefined : (open.get(name) ?? opened(name, options));
    },
    async names() {
      const stored = store === undefined ? [] : await readdir(join(store, ".s3")).catch(() => []);
      return [...new Set([...open.keys(), ...stored])].sort();
    },
  };
}

async function save(store: string, { name, createOnly, conditional, versioned }: Bucket): Promise<void> {
  const folder = join(store, ".s3", name);
  await mkdir(folder, { recursive: true });
  await mkdir(join(store, name), { recursive: true });
  const temporary = join(folder, `bucket.${process.pid}.tmp`);
  await writeFile(temporary, JSON.stringify({ createOnly, conditional, versioned }));
  await rename(temporary, join(folder, "bucket.json"));
}

async function load(store: string, name: string): Promise<BucketOptions | undefined> {
  try {
    // Written by `save` above, whole or not at all.
    return JSON.parse(await readFile(join(store, ".s3", name, "bucket.json"), "utf8")) as BucketOptions;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return undefined;
    throw error;
  }
}
