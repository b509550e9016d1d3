import { createHash } from "node:crypto";
import * as z from "zod";
import { ScanError } from "#contract/errors.ts";
import { type ConfigKind, configKey, currentKey } from "#contract/keys.ts";
import { Sha256 } from "#contract/names.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { Signer, Verifier } from "#contract/signing.ts";
import type { Pinned } from "#contract/task.ts";
import { trusting } from "#signing/trust.ts";
import { readDocument } from "./documents.ts";
import { registrationOf, writeRegistration } from "./registration.ts";

const Current = z.strictObject({ schemaVersion: z.literal(1), digest: Sha256 });

/** Content to be registered under a name. */
export interface Registration {
  readonly kind: ConfigKind;
  readonly name: string;
  readonly bytes: Uint8Array;
}

/** Nothing larger is registered, and nothing larger is read. */
const largestContent: Readonly<Record<ConfigKind, number>> = {
  profiles: 64 * 1024 * 1024,
  inputs: 1024 * 1024,
  waivers: 1024 * 1024,
  thresholds: 64 * 1024,
};

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

/**
 * Registers content under a name: the content, the signature beside it, and then the pointer that makes the name mean it.
 * The last of several writers wins, whole.
 */
export async function registerContent(
  objects: ObjectStore,
  signer: Signer,
  { kind, name, bytes }: Registration,
): Promise<Pinned> {
  if (bytes.length > largestContent[kind]) {
    const text = `${kind}/${name} has ${bytes.length} bytes; ${largestContent[kind]} are allowed`;
    throw new ScanError("too-large", text);
  }
  const digest = sha256(bytes);
  await objects.create(configKey(kind, name, digest), bytes, { contentType: "application/octet-stream" });
  await writeRegistration(objects, kind, { name, digest }, signer, trusting([signer]));
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

/**
 * The content that a name was pinned to: what is there, has that digest, and is signed under that name by a key that
 * `verifier` believes. Anything else is `profile-invalid`, or `profile-unknown` and `bad-request` when nothing is there.
 */
export async function readContent(
  objects: ObjectStore,
  verifier: Verifier,
  kind: ConfigKind,
  pinned: Pinned,
): Promise<Uint8Array> {
  const what = `${kind}/${pinned.name}@${pinned.digest.slice(0, 12)}`;
  const [found, registration] = await Promise.all([
    objects.read(configKey(kind, pinned.name, pinned.digest), largestContent[kind]),
    registrationOf(objects, verifier, kind, pinned),
  ]);
  if (found === undefined) {
    const code = kind === "profiles" ? "profile-unknown" : "bad-request";
    throw new ScanError(code, `${what} is gone from the store; register it again`);
  }
  if (sha256(found.bytes) !== pinned.digest) {
    throw new ScanError("profile-invalid", `${what} does not have its digest any more; register it again`);
  }
  if ("fault" in registration) {
    const todo = "register it again with a key that is trusted";
    throw new ScanError("profile-invalid", `${what}: ${registration.fault}; ${todo}`);
  }
  return found.bytes;
}

const sha256 = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
