import { chmodSync, copyFileSync, mkdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shellOut } from "./shell-out.ts";

const PASSWD =
  "root:x:0:0:root:/root:/bin/sh\nnobody:x:65534:65534:nobody:/nonexistent:/bin/false\nnonroot:x:65532:65532:nonroot:/home/nonroot:/bin/false\n";
const GROUP = "root:x:0:\nnogroup:x:65534:\nnonroot:x:65532:\n";

/** The machine's static busybox (package busybox-static). */
export const BUSYBOX = "/bin/busybox";

/** The pause image: one busybox whose only use is `sleep 2147483647`. */
export function pauseTree(tree: string): void {
  freshTree(tree, ["bin"]);
  install(BUSYBOX, join(tree, "bin/busybox"));
}

/** A small system: busybox with every applet by its name, and the few files that programs look for. */
export function busyboxTree(tree: string): void {
  freshTree(tree, ["bin", "etc", "root", "tmp", "home/nonroot", "var", "usr/bin", "sbin", "usr/sbin"]);
  install(BUSYBOX, join(tree, "bin/busybox"));
  for (const applet of shellOut(BUSYBOX, ["--list"]).split("\n")) {
    if (applet !== "" && applet !== "busybox") symlinkSync("/bin/busybox", join(tree, "bin", applet));
  }
  accounts(tree);
}

/** No shell, no tools: one static program, accounts and a configuration file with an absolute symbolic link to it. */
export function scratchTree(tree: string, programSource: string): void {
  freshTree(tree, ["etc/app", "tmp", "home/nonroot"]);
  shellOut("gcc", ["-static", "-Os", "-s", "-o", join(tree, "still"), programSource]);
  accounts(tree);
  writeFileSync(join(tree, "etc/os-release"), 'ID=scratch\nNAME="Scratch"\nVERSION_ID="1"\nPRETTY_NAME="Scratch 1"\n');
  writeFileSync(join(tree, "etc/app/app.conf"), "listen = 127.0.0.1\ndebug = false\n", { mode: 0o640 });
  symlinkSync("/etc/app/app.conf", join(tree, "etc/app.conf"));
}

export function freshTree(tree: string, dirs: readonly string[]): void {
  rmSync(tree, { recursive: true, force: true });
  for (const dir of dirs) mkdirSync(join(tree, dir), { recursive: true });
  chmodSync(tree, 0o755);
  if (dirs.includes("tmp")) chmodSync(join(tree, "tmp"), 0o1777);
}

function accounts(tree: string): void {
  writeFileSync(join(tree, "etc/passwd"), PASSWD);
  writeFileSync(join(tree, "etc/group"), GROUP);
}

export function install(from: string, to: string): void {
  copyFileSync(from, to);
  chmodSync(to, 0o755);
}
