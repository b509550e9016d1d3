import { readdirSync, statSync } from "node:fs";
import { ScanError } from "#contract/errors.ts";
import { writableFolder } from "../writable-folder.ts";

/** Makes sure that a folder is a store, or can become one: written to by muster, empty, or new. Else `bad-request`. */
export function requireStore(folder: string): void {
  const entries = entriesOf(folder);
  if (entries.length > 0 && !entries.includes(".s3")) {
    const advice = "give a new or empty folder, or one that `muster scan --out` wrote";
    throw new ScanError("bad-request", `--out: ${folder} holds other things and is no store of reports; ${advice}`);
  }
  writableFolder("--out", folder);
}

function entriesOf(folder: string): readonly string[] {
  const stats = statSync(folder, { throwIfNoEntry: false });
  if (stats === undefined) return [];
  if (!stats.isDirectory()) throw new ScanError("bad-request", `--out: ${folder} is no folder`);
  return readdirSync(folder).filter((name) => name !== ".aws");
}
