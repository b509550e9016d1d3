import { createHash } from "node:crypto";
import * as z from "zod";
import { ScanError } from "#contract/errors.ts";
import { type ConfigKind, configKey, currentKey } from "#contract/keys.ts";
import { Sha256 } from "#contract/names.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { Pinned } from "#contract/task.ts";
import { readDocument } from "./documents.ts";

const Current = z.strictObject({ schemaVersion: z.literal(1), digest: Sha256 });

/** What a name means now, pinned to its content; undefined when nothing is registered under it. */
export async function resolveName(objects: ObjectStore, kind: ConfigKind, name: string): Promise<Pinned | undefined> {
  const current = await readDocument(objects, currentKey(kind, name), Current);
  return current === undefined ? undefined : { name, digest: current.digest };
}

/** Everything that is registered, by name. */
export async function registered(objects: ObjectStore, kind: ConfigKind): Promise<readonly Pinned[]> {
  const keys = await objects.list(`config/v1/${kind}/`);
  const names = keys.flatMap((key) => /^config\/v1\/[a-z]+\/([^/]+)\/current\.json$/.exec(key)?.[1] ?? []);
  const found = await Promise.all(names.map((name) => resolveName(objects, kind, name)));
  return found.filter((pinned) => pinned !== undefined);
}

/** Registers content under a name and makes the name mean it. The last of several writers wins, whole. */
export async function registerContent(
  objects: ObjectStore,
  kind: ConfigKind,
  name: string,
  bytes: Uint8Array,
): Promise<Pinned> {
  const digest = sha256(bytes);
  await objects.create(configKey(kind, name, digest), bytes, { contentType: "application/octet-stream" });
  const pointer = new TextEncoder().encode(`${JSON.stringify({ schemaVersion: 1, digest })}\n`);
  for (let attempt = 0; attempt < 5; attempt += 1) {
    const before = await objects.read(currentKey(kind, name));
    const options = { contentType: "application/json" };
    if ((await objects.replace(currentKey(kind, name), pointer, options, before?.etag)) === "replaced") {
      return { name, digest };
    }
  }
  throw new ScanError("internal", `${kind}/${name}: others keep registering it at the same moment`, {
    retryable: true,
  });
}

/** The content that a name was pinned to, checked against its digest. */
export async function readContent(objects: ObjectStore, kind: ConfigKind, pinned: Pinned): Promise<Uint8Array> {
  const found = await objects.read(configKey(kind, pinned.name, pinned.digest));
  if (found === undefined || sha256(found.bytes) !== pinned.digest) {
    const code = kind === "profiles" ? "profile-unknown" : "bad-request";
    const state = found === undefined ? "is gone from the store" : "does not have its digest any more";
    throw new ScanError(code, `${kind}/${pinned.name}@${pinned.digest.slice(0, 12)} ${state}; register it again`);
  }
  return found.bytes;
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
