import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { literalsOf } from "#audit/ahead/literals.ts";
import { unpackProfile } from "#audit/archive.ts";
import { ScanError } from "#contract/errors.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { Pinned, ScanTask } from "#contract/task.ts";
import { readContent } from "#ledger/registry.ts";

/** What a scan needs on this machine beside the container. */
export interface Material {
  /** Folder of the unpacked profile. */
  readonly profile: string;
  /** Whether a command's whole text stands as a literal in the profile's source. */
  readonly isLiteral: (text: string) => boolean;
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Path of the waiver file. */
  readonly waivers?: string;
}

/** Fetches what a task pins, checks it against its digest, and keeps it in `cache` for the next task. */
export function materialFrom(published: ObjectStore, cache: string): (task: ScanTask) => Promise<Material> {
  const profiles = new Map<string, Promise<Pick<Material, "profile" | "isLiteral">>>();
  async function profileOf(pinned: Pinned) {
    const profile = await unpackProfile(await readContent(published, "profiles", pinned), cache);
    return { profile, isLiteral: await literalsOf(profile) };
  }
  return async (task) => {
    const known = profiles.get(task.profile.digest) ?? profileOf(task.profile);
    profiles.set(task.profile.digest, known);
    known.catch(() => profiles.delete(task.profile.digest)); // a passing fault must not stick
    const inputs = task.inputs && (await readInputs(published, task.inputs));
    const waivers = task.waivers && (await writeWaivers(published, task.waivers, cache));
    return { ...(await known), ...(inputs && { inputs }), ...(waivers && { waivers }) };
  };
}

async function readInputs(published: ObjectStore, pinned: Pinned): Promise<Record<string, unknown>> {
  const text = new TextDecoder().decode(await readContent(published, "inputs", pinned));
  let value: unknown;
  try {
    value = parse(text);
  } catch (error) {
    throw new ScanError("profile-invalid", `inputs "${pinned.name}" are not YAML`, { cause: error });
  }
  if (typeof value !== "object" || value === null || Array.isArray(value)) {
    throw new ScanError("profile-invalid", `inputs "${pinned.name}" must be a map of names to values`);
  }
  return value as Record<string, unknown>; // a YAML map at the top, as just seen
}

async function writeWaivers(published: ObjectStore, pinned: Pinned, cache: string): Promise<string> {
  const path = join(cache, `${pinned.digest}.waivers.yaml`);
  mkdirSync(cache, { recursive: true });
  writeFileSync(path, await readContent(published, "waivers", pinned));
  return path;
}
