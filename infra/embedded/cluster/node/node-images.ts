import { execFile } from "node:child_process";
import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { basename, join } from "node:path";
import { promisify } from "node:util";
import type { Containerd } from "./containerd.ts";

const run = promisify(execFile);

/**
 * Imports docker-archives into a containerd's k8s.io namespace, each only once per root (a mark beside the root remembers it),
 * and gives every image a second name by digest, so that the runtime reports `…@sha256:…` as it does for pulled images.
 */
export async function importArchives(
  { paths, snapshotter }: Pick<Containerd, "paths" | "snapshotter">,
  archives: readonly string[],
): Promise<void> {
  const markDir = join(paths.root, "imported");
  mkdirSync(markDir, { recursive: true });
  const missing = archives.filter((archive) => !existsSync(join(markDir, basename(archive))));
  if (missing.length === 0) return;
  const ctr = (...args: string[]): Promise<{ stdout: string }> =>
    run("ctr", ["--address", paths.socket, "--namespace", "k8s.io", ...args], { maxBuffer: 16 * 1024 * 1024 });
  for (const archive of missing) await ctr("images", "import", "--snapshotter", snapshotter, archive);
  const { stdout } = await ctr("images", "list");
  for (const line of stdout.split("\n").slice(1)) {
    const [name, , digest] = line.split(/\s+/);
    if (
      name === undefined ||
      digest?.startsWith("sha256:") !== true ||
      name.includes("@") ||
      name.startsWith("sha256:")
    )
      continue;
    await ctr("images", "tag", "--force", name, `${name.replace(/:[^/:]*$/, "")}@${digest}`);
  }
  for (const archive of missing) writeFileSync(join(markDir, basename(archive)), "");
}
