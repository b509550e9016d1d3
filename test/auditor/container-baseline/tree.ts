import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  copyFileSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { basename, dirname, join } from "node:path";

/** Path => content. A path that ends in "/" is a directory. */
export type Files = Readonly<Record<string, { text?: string; mode?: number; uid?: number; gid?: number }>>;

export function put(root: string, files: Files): void {
  for (const [path, { text = "", mode, uid = 0, gid = 0 }] of Object.entries(files)) {
    const place = join(root, path);
    mkdirSync(path.endsWith("/") ? place : dirname(place), { recursive: true });
    if (!path.endsWith("/")) writeFileSync(place, text);
    chownSync(place, uid, gid);
    chmodSync(place, mode ?? (path.endsWith("/") ? 0o755 : 0o644));
  }
}

/** A root filesystem of busybox alone. */
export function busyboxTree(root: string): void {
  put(root, { "bin/": {}, "dev/": {}, "tmp/": { mode: 0o1777 }, "root/": { mode: 0o700 } });
  copyFileSync("/bin/busybox", join(root, "bin/busybox"));
  for (const name of ["sh", "cat", "find", "grep", "head", "id", "ls", "sed", "stat", "test", "tr", "uname"]) {
    symlinkSync("busybox", join(root, "bin", name));
  }
}

/** A root filesystem with bash as its shell, a `uname`, and no other program. */
export function bashTree(root: string): void {
  put(root, {
    "bin/uname": { text: '#!/bin/sh\n[ "$1" = -m ] && echo x86_64 || echo Linux\n', mode: 0o755 },
    "dev/": {},
    "tmp/": { mode: 0o1777 },
  });
  copyFileSync("/bin/bash", join(root, "bin/sh"));
  for (const library of execFileSync("ldd", ["/bin/bash"], { encoding: "utf8" }).match(/\/\S+/g) ?? []) {
    put(root, { [`${dirname(library).slice(1)}/`]: {} });
    copyFileSync(library, join(root, library));
    chmodSync(join(root, library), 0o755);
  }
}

/** Everything that a write would change: each path with its mode, owner, size and both times. */
export function listing(root: string, path = "/"): string[] {
  return readdirSync(join(root, path)).flatMap((name) => {
    const below = join(path, name);
    const { mode, uid, gid, size, mtimeMs, ctimeMs } = lstatSync(join(root, below));
    const line = [basename(below), below, mode, uid, gid, size, mtimeMs, ctimeMs].join(" ");
    return (mode & 0o170000) === 0o040000 ? [line, ...listing(root, below)] : [line];
  });
}
