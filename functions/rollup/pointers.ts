import type * as z from "zod";
import { ScanError } from "#contract/errors.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { parseDocument } from "#ledger/documents.ts";

const tries = 10;

/**
 * Brings one mutable document up to date: reads it, lets `merge` say what it should be, and writes that only over what was
 * read (If-Match). When somebody else was faster, it begins again; when nothing changes, nothing is written. `merge` must
 * not care in which order, or how often, it is given the same news.
 */
export async function update<T>(
  objects: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
  merge: (stored: T | undefined) => T | Promise<T>,
): Promise<T> {
  for (let attempt = 1; attempt <= tries; attempt += 1) {
    const before = await objects.read(key);
    const merged = await merge(before && parseDocument(key, before.bytes, schema));
    const bytes = new TextEncoder().encode(`${JSON.stringify(merged)}\n`);
    if (before !== undefined && Buffer.from(before.bytes).equals(bytes)) return merged;
    const options = { contentType: "application/json" };
    if ((await objects.replace(key, bytes, options, before?.etag)) === "replaced") return merged;
  }
  throw new ScanError("internal", `${key}: others kept writing it, ${tries} times`, { retryable: true });
}
