import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { shellOut } from "#embedded/cluster/images/shell-out.ts";

const source = join(import.meta.dirname, "../../functions/executor/runtime");

/** The lock file that pins the runtime client. */
export const runtimeLock = join(source, "package-lock.json");

/** Gives the folder of the compiled runtime client below `cache`; compiles it when it is not there, about a minute. */
export function runtimeClient(cache: string): string {
  const hash = createHash("sha256").update(process.arch);
  for (const file of ["package-lock.json", "compile.sh"]) hash.update(readFileSync(join(source, file)));
  const folder = join(cache, `runtime-${hash.digest("hex").slice(0, 16)}`);
  if (!existsSync(folder)) shellOut("sh", [join(source, "compile.sh"), folder]);
  return folder;
}
