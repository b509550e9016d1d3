import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parse } from "yaml";
import { packProfile, unpackProfile } from "#audit/archive.ts";
import { ScanError } from "#contract/errors.ts";
import type { Registration } from "#ledger/registry.ts";
import { packWithDependencies } from "./registering/vendor.ts";

const shipped = new URL("../profiles/", import.meta.url).pathname;
const largestArchiveBytes = 64 * 1024 * 1024;

/** The profile that `--profile` means: one that ships with muster by its name, or a folder or archive of the user's. */
export async function profileFrom(given: string): Promise<Registration> {
  const own = join(shipped, given);
  const isName = /^[a-z0-9][-a-z0-9]*$/.test(given);
  if (isName && existsSync(join(own, "inspec.yml"))) {
    return { kind: "profiles", name: given, bytes: await packProfile(own) };
  }
  const state = statSync(given, { throwIfNoEntry: false });
  if (state === undefined) {
    const names = readdirSync(shipped).join(", ");
    throw new ScanError("profile-unknown", `--profile: "${given}" is neither a folder, an archive nor one of ${names}`);
  }
  return state.isDirectory() ? fromFolder(given) : fromArchive(given);
}

async function fromFolder(folder: string): Promise<Registration> {
  const bytes = await packWithDependencies(folder);
  return { kind: "profiles", name: nameOf(folder), bytes };
}

/** A tar.gz with the profile at its root, as `inspec archive` writes it, or in its one folder. Packed anew, to one form. */
async function fromArchive(file: string): Promise<Registration> {
  const folder = mkdtempSync(join(tmpdir(), "muster-archive-"));
  try {
    const size = statSync(file).size;
    if (size > largestArchiveBytes) {
      throw new ScanError("too-large", `${file} has ${size} bytes; a profile may have ${largestArchiveBytes}`);
    }
    const root = await unpackProfile(readFileSync(file), folder).catch((error: unknown) => {
      if (error instanceof ScanError && error.code !== "profile-invalid") throw error;
      throw new ScanError("profile-invalid", `${file} is not a tar.gz of a profile`, { cause: error });
    });
    if (existsSync(join(root, "inspec.yml"))) return await fromFolder(root);
    const [only, ...more] = readdirSync(root);
    if (only !== undefined && more.length === 0 && existsSync(join(root, only, "inspec.yml"))) {
      return await fromFolder(join(root, only));
    }
    throw new ScanError("profile-invalid", `${file} holds no inspec.yml at its root or in its one folder`);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The profile's own name, as far as it can stand in an S3 key. */
function nameOf(folder: string): string {
  let name: unknown;
  try {
    name = parse(readFileSync(join(folder, "inspec.yml"), "utf8"))?.name;
  } catch (error) {
    throw new ScanError("profile-invalid", `${folder}/inspec.yml is not YAML`, { cause: error });
  }
  if (typeof name !== "string" || name === "")
    throw new ScanError("profile-invalid", `${folder}/inspec.yml has no name`);
  return slug(name);
}

/** Text as a name that muster can register: a-z, 0-9 and '-', at most 63 characters. */
export function slug(text: string): string {
  const kept = text
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-+|-+$/g, "");
  return kept.slice(0, 63).replace(/-+$/, "") || "unnamed";
}
