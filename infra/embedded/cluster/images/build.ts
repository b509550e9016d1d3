import { existsSync, mkdirSync, readdirSync, rmSync } from "node:fs";
import { basename, join, resolve } from "node:path";
import { unmountUnder } from "../node/leftovers.ts";
import { identify } from "../process-identity.ts";
import { archiveFile, archives } from "./archives.ts";

/** `<repo>/.muster/images`, which git ignores. */
export const DEFAULT_IMAGE_CACHE = resolve(import.meta.dirname, "../../../../.muster/images");

/**
 * Builds each archive that the cache does not have yet (root, gcc, debootstrap, busybox-static) and drops outdated ones.
 * Gives the archives' files. The first run takes about a minute and needs the network, later ones only look.
 */
export function buildImages(cacheDir: string = DEFAULT_IMAGE_CACHE, log: (line: string) => void = () => {}): string[] {
  const wanted = archives().map((archive) => ({ archive, file: archiveFile(archive, cacheDir) }));
  const missing = wanted.filter(({ file }) => !existsSync(file));
  if (missing.length > 0 && process.getuid?.() !== 0)
    throw new Error("building the images needs root (debootstrap, chroot)");
  mkdirSync(cacheDir, { recursive: true });
  removeAbandoned(cacheDir);
  const workDir = join(cacheDir, `work-${process.pid}`);
  for (const { archive, file } of missing) {
    const begin = performance.now();
    log(`building ${archive.images.join(", ")}`);
    mkdirSync(workDir, { recursive: true });
    try {
      archive.build(file, { cacheDir, workDir });
    } finally {
      rmSync(workDir, { recursive: true, force: true });
    }
    log(`built ${basename(file)} in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
  }
  const current = new Set(wanted.map(({ file }) => basename(file)));
  for (const name of readdirSync(cacheDir)) {
    if (name.endsWith(".tar") && !current.has(name)) rmSync(join(cacheDir, name));
  }
  return wanted.map(({ file }) => file);
}

/** A build that was killed leaves its work folder, and perhaps an overlay mounted in it. */
function removeAbandoned(cacheDir: string): void {
  for (const name of readdirSync(cacheDir)) {
    const pid = /^work-(\d+)$/.exec(name)?.[1];
    if (pid === undefined || (Number(pid) !== process.pid && identify(Number(pid)) !== undefined)) continue;
    unmountUnder(join(cacheDir, name));
    rmSync(join(cacheDir, name), { recursive: true, force: true });
  }
}

if (import.meta.main) {
  const begin = performance.now();
  const files = buildImages(DEFAULT_IMAGE_CACHE, (line) => console.error(line));
  console.error(`${files.length} image archives ready in ${((performance.now() - begin) / 1000).toFixed(1)} s`);
}
