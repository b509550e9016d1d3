import type * as z from "zod";
import { ScanError } from "#contract/errors.ts";
import { faultsAsText, faultsOf } from "#contract/faults.ts";
import type { ObjectStore } from "#contract/objects.ts";

const json = { contentType: "application/json" };

/** Writes a document once; gives what stands under the key afterwards, its own or an earlier one. */
export async function createDocument<T>(
  objects: ObjectStore,
  key: string,
  schema: z.ZodType<T>,
  document: T,
): Promise<{ readonly created: boolean; readonly stored: T }> {
  const written = await objects.create(key, encode(document), json);
  if (written === "created") return { created: true, stored: document };
  const stored = await readDocument(objects, key, schema);
  if (stored === undefined) throw new ScanError("internal", `${key} is there and cannot be read`, { retryable: true });
  return { created: false, stored };
}

/** Reads a document, or gives undefined when there is none. One that breaks its schema is an `internal` fault. */
export async function readDocument<T>(objects: ObjectStore, key: string, schema: z.ZodType<T>): Promise<T | undefined> {
  const found = await objects.read(key);
  return found && parseDocument(key, found.bytes, schema);
}

/** A document out of its bytes; `key` is for the message of the `internal` fault when they break the schema. */
export function parseDocument<T>(key: string, bytes: Uint8Array, schema: z.ZodType<T>): T {
  let value: unknown;
  try {
    value = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (error) {
    throw new ScanError("internal", `${key} is not JSON`, { cause: error });
  }
  const parsed = schema.safeParse(value);
  if (!parsed.success) throw new ScanError("internal", `${key}: ${faultsAsText(faultsOf(parsed.error))}`);
  return parsed.data;
}

function encode(document: unknown): Uint8Array {
  return new TextEncoder().encode(`${JSON.stringify(document, null, 1)}\n`);
}
