import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { shellOut } from "#embedded/cluster/images/shell-out.ts";

/** `<repo>/.muster/executor`, which git ignores: what images are made of, and the last one. */
export const imageCache = resolve(import.meta.dirname, "../../.muster/executor");

const source = join(import.meta.dirname, "../../functions/executor/runtime");

/** The lock file that pins the runtime client. */
export const runtimeLock = join(source, "package-lock.json");

/** Gives the folder of the compiled runtime client; compiles it when it is not there, about a minute. */
export function runtimeClient(): string {
  const hash = createHash("sha256").update(process.arch);
  for (const file of ["package-lock.json", "compile.sh"]) hash.update(readFileSync(join(source, file)));
  const folder = join(imageCache, `runtime-${hash.digest("hex").slice(0, 16)}`);
  mkdirSync(imageCache, { recursive: true });
  if (!existsSync(folder)) shellOut("sh", [join(source, "compile.sh"), folder]);
  return folder;
}

if (import.meta.main) runtimeClient();
