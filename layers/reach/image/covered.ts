import { folderAt } from "./apply.ts";
import { folder, type Inode, put } from "./tree.ts";
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
 * Covers by the paths that a walk comes by, each of them made in the tree as a runtime makes it. `mounts`: where the pod
 * mounts volumes in the container, its token among them; links inside the root are followed. Of those even the kind is
 * unknown.
 */
export function cover(root: Inode, mounts: readonly string[]): Covers {
  const asked = new Map<string, Cover | undefined>([
    ...Object.entries(everywhere),
    ...mounts.map((path) => [path, undefined] as const),
  ]);
  return new Map([...asked].map(([path, kind]) => [mountPoint(root, path, kind), kind]));
}

function mountPoint(root: Inode, path: string, kind: Cover | undefined): string {
  const names = path.split("/").filter(Boolean);
  const last = names.pop() ?? "";
  const parent = folderAt(root, names, -1);
  const found = walk(root, path, { follow: true });
  if (found.kind === "there") return found.path;
  put(parent, last, { ...folder(-1), type: kind?.type ?? "directory" });
  const made = walk(root, `/${names.join("/")}`, { follow: true });
  return `${made.kind === "there" && made.path !== "/" ? made.path : ""}/${last}`;
}
