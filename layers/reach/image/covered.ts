import type { Inode } from "./tree.ts";
import { walk } from "./walk.ts";

/**
 * What a runtime mounts over every container's files. The image tells nothing of it, and a question that leads there is
 * not answered. Where a kind is known, every runtime makes it so: owned by root, with this mode.
 */
export interface Cover {
  readonly type: "directory" | "file";
  readonly mode: number;
}

const everywhere: Readonly<Record<string, Cover>> = {
  "/proc": { type: "directory", mode: 0o555 },
  "/sys": { type: "directory", mode: 0o555 },
  "/dev": { type: "directory", mode: 0o755 },
  "/etc/hosts": { type: "file", mode: 0o644 },
  "/etc/hostname": { type: "file", mode: 0o644 },
  "/etc/resolv.conf": { type: "file", mode: 0o644 },
};

export type Covers = ReadonlyMap<string, Cover | undefined>;

/**
 * Covers by the paths that a walk comes by. `mounts`: where the pod mounts volumes in the container, its token among
 * them; a runtime follows links inside the root to get there. Of those even the kind is unknown.
 */
export function coversOf(root: Inode, mounts: readonly string[]): Covers {
  const own = mounts.map((path) => [realPath(root, path), undefined] as const);
  return new Map<string, Cover | undefined>([...Object.entries(everywhere), ...own]);
}

function realPath(root: Inode, path: string): string {
  let real = "";
  for (const name of path.split("/").filter(Boolean)) {
    const found = walk(root, `${real}/${name}`, { follow: true });
    real = found.kind === "there" || found.path !== undefined ? (found.path ?? "") : `${real}/${name}`;
  }
  return real;
}
