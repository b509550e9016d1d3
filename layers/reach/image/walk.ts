import type { Inode } from "./tree.ts";

/** The end of a walk. `path` is absolute and holds no link. */
export type Found =
  | { readonly kind: "there"; readonly inode: Inode; readonly path: string }
  /** Nothing is there; `path` where only the last name is missing. */
  | { readonly kind: "missing"; readonly why: "noent" | "notdir" | "loop"; readonly path: string | undefined }
  /** Something is mounted there in the container, over whatever the image holds. */
  | { readonly kind: "covered"; readonly path: string };

export interface Walking {
  /** Follow the last name as well, when it is a link. */
  readonly follow: boolean;
  readonly covered?: { has(path: string): boolean };
}

/** As many as Linux follows (path_resolution(7)). */
const mostLinks = 40;

/**
 * Goes along an absolute path from the root, through links, and never above the root: `..` of the root is the root, and
 * a link's absolute path begins there again.
 */
export function walk(root: Inode, path: string, { follow, covered }: Walking): Found {
  const missing = (why: "noent" | "notdir" | "loop", at?: string): Found => ({ kind: "missing", why, path: at });
  if (path === "") return missing("noent");
  const pending = namesBackwards(path);
  const trail: { readonly path: string; readonly inode: Inode }[] = [];
  const here = () => trail.at(-1) ?? { path: "", inode: root };
  let folderWanted = endsAsFolder(path);
  for (let links = 0; ; ) {
    const name = pending.pop();
    if (name === undefined) break;
    if (here().inode.type !== "directory") return missing("notdir");
    if (name === ".") continue;
    if (name === "..") {
      trail.pop();
      continue;
    }
    const isLast = pending.length === 0;
    const at = `${here().path}/${name}`;
    if (covered?.has(at)) return { kind: "covered", path: at };
    const next = here().inode.children?.get(name);
    if (next === undefined) return isLast && !folderWanted ? missing("noent", at) : missing("noent");
    if (next.type !== "symlink" || (isLast && !follow && !folderWanted)) {
      trail.push({ path: at, inode: next });
      continue;
    }
    links += 1;
    if (links > mostLinks) return missing("loop");
    if (next.link.startsWith("/")) trail.length = 0;
    if (isLast) folderWanted ||= endsAsFolder(next.link);
    pending.push(...namesBackwards(next.link));
  }
  const { inode, path: end } = here();
  if (folderWanted && inode.type !== "directory") return missing("notdir");
  return { kind: "there", inode, path: end === "" ? "/" : end };
}

const endsAsFolder = (path: string) => /\/\.?\/*$/.test(path);

/** The names of a path, the last one first, so that the next one is cheap to take off the end. */
export const namesBackwards = (path: string) =>
  path
    .split("/")
    .filter((name) => name !== "")
    .reverse();
