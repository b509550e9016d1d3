import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { packProfile } from "#audit/archive.ts";
import { ScanError } from "#contract/errors.ts";
import type { Registration } from "./carry-out.ts";

const shipped = new URL("../profiles/", import.meta.url).pathname;

/** The profile that `--profile` means: one that ships with muster by its name, or a folder of the user's. */
export async function profileFrom(nameOrFolder: string): Promise<Registration> {
  const own = join(shipped, nameOrFolder);
  const isName = /^[a-z0-9][-a-z0-9]*$/.test(nameOrFolder);
  if (isName && existsSync(join(own, "inspec.yml"))) {
    return { kind: "profiles", name: nameOrFolder, bytes: await packProfile(own) };
  }
  if (!existsSync(nameOrFolder)) {
    const names = readdirSync(shipped).join(", ");
    throw new ScanError("profile-unknown", `--profile: "${nameOrFolder}" is neither a folder nor one of ${names}`);
  }
  const bytes = await packProfile(nameOrFolder);
  return { kind: "profiles", name: nameOf(nameOrFolder), bytes };
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
