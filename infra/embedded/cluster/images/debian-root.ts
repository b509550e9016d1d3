import { existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { join } from "node:path";
import { debianMirror, proxyEnvironment } from "./debian-mirror.ts";
import { packLayer } from "./layer.ts";
import { shellOut } from "./shell-out.ts";

/** Packages beyond minbase: procps, because auditors ask `ps` and `sysctl`. */
const EXTRA_PACKAGES = ["procps"];

/** What the shared bottom layer leaves out. Documentation and translations are half of its files and no audit reads them. */
const TRIMMED = [
  "var/lib/apt/lists",
  "var/cache/apt",
  "usr/share/doc",
  "usr/share/man",
  "usr/share/locale",
  "usr/share/info",
];

/** Whatever changes the bottom layer belongs in here; it becomes part of the recipe digest. */
export const DEBIAN_ROOT_RECIPE = JSON.stringify({ EXTRA_PACKAGES, TRIMMED, version: 1 });

/**
 * Gives the tar of a trimmed Debian minbase tree, by debootstrap when `layerFile` does not exist yet (about 30 s, network).
 */
export function debianRootLayer(layerFile: string, workDir: string): void {
  if (existsSync(layerFile)) return;
  const root = join(workDir, "debian-root");
  rmSync(root, { recursive: true, force: true });
  mkdirSync(root, { recursive: true });
  const mirror = debianMirror();
  shellOut(
    "debootstrap",
    ["--variant=minbase", `--include=${EXTRA_PACKAGES.join(",")}`, mirror.suite, root, mirror.uri],
    { env: proxyEnvironment() },
  );
  for (const path of TRIMMED) {
    for (const entry of readdirSync(join(root, path)))
      rmSync(join(root, path, entry), { recursive: true, force: true });
  }
  mkdirSync(join(root, "var/lib/apt/lists/partial"), { recursive: true });
  // debootstrap's own log and the mirror's name are of this build, not of the image.
  for (const path of ["var/log/bootstrap.log", "etc/apt/sources.list", "etc/resolv.conf", "etc/hostname"]) {
    rmSync(join(root, path), { force: true });
  }
  packLayer(root, join(workDir, "debian-root.tar"));
  renameSync(join(workDir, "debian-root.tar"), layerFile);
  rmSync(root, { recursive: true, force: true });
}
