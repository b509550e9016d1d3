import { lstatSync, mkdirSync, readdirSync, rmSync, statfsSync, writeFileSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { shellOut } from "./shell-out.ts";

const OVERLAYFS_MAGIC = 0x794c7630; // linux/magic.h

/** Packs a directory tree as an image layer: names sorted, times zero, numeric owners, so the same tree is the same digest. */
export function packLayer(tree: string, file: string): void {
  mkdirSync(dirname(file), { recursive: true });
  shellOut("tar", ["--sort=name", "--mtime=@0", "--numeric-owner", "--format=gnu", "-C", tree, "-cf", file, "."]);
}

/**
 * Runs a shell script inside `lowerLayer`'s tree over an overlay mount, and packs only what it changed as a layer.
 * Root only. Mounts are gone again at the end, also after an error.
 */
export function derivedLayer(lowerLayer: string, script: string, file: string, workDir: string): void {
  const at = (name: string): string => join(workDir, "derive", name);
  rmSync(join(workDir, "derive"), { recursive: true, force: true });
  mkdirSync(join(workDir, "derive"), { recursive: true });
  // Overlays do not stack: where the machine itself is an overlay (a container), the work is done in memory.
  const inMemory = statfsSync(workDir).type === OVERLAYFS_MAGIC;
  if (inMemory) shellOut("mount", ["-t", "tmpfs", "tmpfs", join(workDir, "derive")]);
  for (const name of ["lower", "upper", "work", "merged"]) mkdirSync(at(name), { recursive: true });
  shellOut("tar", ["--numeric-owner", "-C", at("lower"), "-xpf", lowerLayer]);
  shellOut("mount", [
    ...["-t", "overlay", "overlay"],
    ...["-o", `lowerdir=${at("lower")},upperdir=${at("upper")},workdir=${at("work")}`, at("merged")],
  ]);
  try {
    shellOut("chroot", [at("merged"), "/bin/bash", "-s"], {
      input: script,
      env: { PATH: "/usr/sbin:/usr/bin:/sbin:/bin" },
    });
  } finally {
    shellOut("umount", [at("merged")]);
  }
  whiteoutsToFiles(at("upper"));
  packLayer(at("upper"), file);
  if (inMemory) shellOut("umount", [join(workDir, "derive")]);
  rmSync(join(workDir, "derive"), { recursive: true, force: true });
}

/** Overlayfs marks a removed name by a 0:0 character device; image layers mark it by a file `.wh.NAME`. */
function whiteoutsToFiles(dir: string): void {
  for (const name of readdirSync(dir)) {
    const path = join(dir, name);
    const stat = lstatSync(path);
    if (stat.isCharacterDevice() && stat.rdev === 0) {
      rmSync(path);
      writeFileSync(join(dirname(path), `.wh.${basename(path)}`), "");
    } else if (stat.isDirectory()) {
      whiteoutsToFiles(path);
    }
  }
}
