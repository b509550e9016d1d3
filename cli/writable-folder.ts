import { accessSync, constants, existsSync, mkdirSync } from "node:fs";
import { dirname, resolve } from "node:path";
import { ScanError } from "#contract/errors.ts";

/** Makes a folder that a flag names, and its parents. One that is no folder or cannot be written to is `bad-request`. */
export function writableFolder(flag: string, given: string): string {
  const folder = resolve(given);
  try {
    make(folder);
    accessSync(folder, constants.W_OK | constants.X_OK);
  } catch (error) {
    const code = error instanceof Error && "code" in error ? ` (${error.code})` : "";
    throw new ScanError("bad-request", `${flag}: ${given} cannot be written to${code}`, { cause: error });
  }
  return folder;
}

/** With `recursive`, Node 24 tries for ever where a parent is there and takes no folders, as in /proc. */
function make(folder: string): void {
  if (existsSync(folder)) return;
  make(dirname(folder));
  mkdirSync(folder);
}
