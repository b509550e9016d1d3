import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { literalsOf } from "#audit/ahead/literals.ts";
import { unpackProfile } from "#audit/archive.ts";
import type { ConfigKind } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { Verifier } from "#contract/signing.ts";
import type { Pinned, ScanTask } from "#contract/task.ts";
import { readContent } from "#ledger/registry.ts";

/** What a scan needs on this machine beside the container. */
export interface Material {
  /** Folder of the unpacked profile. */
  readonly profile: string;
  /** Whether a command's whole text stands as a literal in the profile's source. */
  readonly isLiteral: (text: string) => boolean;
  /** Path of the input file. */
  readonly inputFile?: string;
  /** Path of the waiver file. */
  readonly waivers?: string;
}

/**
 * Fetches what a task pins and keeps it in `cache` for the next task. Not a byte is unpacked, parsed or handed to the
 * auditor before its digest agrees and a key that `verifier` believes has signed it under the name that the task says.
 */
export function materialFrom(
  published: ObjectStore,
  verifier: Verifier,
  cache: string,
): (task: ScanTask) => Promise<Material> {
  function kept<T>(kind: ConfigKind, load: (bytes: Uint8Array, pinned: Pinned) => Promise<T> | T) {
    const known = new Map<string, Promise<T>>();
    return (pinned: Pinned): Promise<T> => {
      const key = `${pinned.name}@${pinned.digest}`; // the name is signed too: another name's content is not known yet
      const made =
        known.get(key) ?? readContent(published, verifier, kind, pinned).then((bytes) => load(bytes, pinned));
      known.set(key, made);
      made.catch(() => known.delete(key)); // a passing fault must not stick
      return made;
    };
  }
  const profileOf = kept("profiles", async (bytes) => {
    const profile = await unpackProfile(bytes, cache);
    return { profile, isLiteral: await literalsOf(profile) };
  });
  const fileOf = (kind: "inputs" | "waivers") =>
    kept(kind, (bytes, { digest }) => write(bytes, join(cache, `${digest}.${kind}.yaml`)));
  const inputsOf = fileOf("inputs");
  const waiversOf = fileOf("waivers");
  return async (task) => {
    const [known, inputFile, waivers] = await Promise.all([
      profileOf(task.profile),
      task.inputs && inputsOf(task.inputs),
      task.waivers && waiversOf(task.waivers),
    ]);
    return { ...known, ...(inputFile && { inputFile }), ...(waivers && { waivers }) };
  };
}

/** As they were registered: the auditor reads YAML with Ruby's parser, to which `no` is false and `0644` is 420. */
function write(bytes: Uint8Array, path: string): string {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, bytes);
  return path;
}
