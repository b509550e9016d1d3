import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { busyboxTree } from "./small-trees.ts";

/** Alpine's own files, as its base image has them; nothing of Alpine's programs. */
const FILES: Readonly<Record<string, string>> = {
  "etc/os-release":
    'NAME="Alpine Linux"\nID=alpine\nVERSION_ID=3.20.3\nPRETTY_NAME="Alpine Linux v3.20"\nHOME_URL="https://alpinelinux.org/"\n',
  "etc/alpine-release": "3.20.3\n",
  "etc/apk/world": "alpine-baselayout\nbusybox\n",
  "etc/apk/repositories": "https://mirror.muster.test/alpine/v3.20/main\n",
  "lib/apk/db/installed":
    "C:Q1AAAAAAAAAAAAAAAAAAAAAAAAAAA=\nP:busybox\nV:1.36.1-r29\nA:x86_64\nL:GPL-2.0-only\nF:bin\nR:busybox\nR:sh\n\n",
  "etc/shadow": "root:*::0:::::\nnobody:!::0:::::\nnonroot:!::0:::::\n",
  "etc/shells": "/bin/sh\n/bin/ash\n",
};

/** Busybox with every applet and no bash, under Alpine's release, account and package files. */
export function alpineTree(tree: string): void {
  busyboxTree(tree);
  for (const [path, content] of Object.entries(FILES)) {
    mkdirSync(join(tree, dirname(path)), { recursive: true });
    writeFileSync(join(tree, path), content, { mode: path === "etc/shadow" ? 0o640 : 0o644 });
  }
}
