import { cpSync, existsSync, mkdtempSync, readFileSync, realpathSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { basename, join, resolve } from "node:path";
import { type Document, isMap, isSeq, parseDocument } from "yaml";
import { packProfile } from "#audit/archive.ts";
import { ScanError } from "#contract/errors.ts";

/** Where dependencies go that lay beside the profile. */
const vendored = "vendored";

/**
 * Packs a profile with all that it depends on. A `path:` dependency that lies outside of the folder is copied into it, with
 * its own ones, and the path in inspec.yml follows. What must be fetched from elsewhere is left for the auditor to refuse.
 */
export async function packWithDependencies(folder: string): Promise<Uint8Array> {
  if (!existsSync(join(folder, "inspec.yml")) || outside(folder).length === 0) return packProfile(folder);
  const stage = mkdtempSync(join(tmpdir(), "muster-vendor-"));
  try {
    const copy = join(stage, "profile");
    copyWhole(folder, copy, [realpathSync(folder)]);
    return await packProfile(copy);
  } finally {
    rmSync(stage, { recursive: true, force: true });
  }
}

function copyWhole(from: string, to: string, within: readonly string[]): void {
  cpSync(from, to, { recursive: true, dereference: true, filter: (path) => basename(path) !== ".git" });
  const metadata = readMetadata(from);
  for (const { name, path, place } of outside(from)) {
    if (within.includes(path))
      throw new ScanError("profile-invalid", `${from}: dependency ${name} leads back to ${path}`);
    copyWhole(path, join(to, vendored, name), [...within, path]);
    metadata.setIn(place, `${vendored}/${name}`);
  }
  writeFileSync(join(to, "inspec.yml"), metadata.toString());
}

interface Outside {
  readonly name: string;
  /** Real path of the folder. */
  readonly path: string;
  /** Where its path stands in inspec.yml. */
  readonly place: readonly (string | number)[];
}

/** The `path:` dependencies that leave the profile's folder. */
function outside(folder: string): readonly Outside[] {
  const list = readMetadata(folder).get("depends");
  if (!isSeq(list)) return [];
  return list.items.flatMap((item, index): readonly Outside[] => {
    const given = isMap(item) ? item.get("path") : undefined;
    if (!isMap(item) || typeof given !== "string") return [];
    const name = String(item.get("name") ?? basename(given));
    const path = resolve(folder, given);
    if (!existsSync(join(path, "inspec.yml"))) {
      throw new ScanError("profile-invalid", `${folder}: dependency ${name}: there is no profile in ${path}`);
    }
    if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name)) {
      throw new ScanError(
        "profile-invalid",
        `${folder}: dependency ${JSON.stringify(name)}: a name that is no folder's`,
      );
    }
    const [real, root] = [realpathSync(path), realpathSync(folder)];
    return real.startsWith(`${root}/`) ? [] : [{ name, path: real, place: ["depends", index, "path"] }];
  });
}

function readMetadata(folder: string): Document {
  const metadata = parseDocument(readFileSync(join(folder, "inspec.yml"), "utf8"));
  const [fault] = metadata.errors;
  if (fault === undefined) return metadata;
  throw new ScanError("profile-invalid", `${folder}/inspec.yml is not YAML: ${fault.message.split("\n")[0]}`);
}
