import { appendFileSync, chmodSync, chownSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { shellOut } from "./shell-out.ts";
import { BUSYBOX, freshTree, install } from "./small-trees.ts";

/** The machine's static gosu (package gosu): becomes another user without any account file. */
export const GOSU = "/usr/sbin/gosu";

/** What muster's toolbox containers run: two static programs and nothing else. */
export function toolboxTree(tree: string): void {
  freshTree(tree, ["bin", "proc", "tmp"]);
  install(BUSYBOX, join(tree, "bin/busybox"));
  install(GOSU, join(tree, "bin/gosu"));
}

export type DistrolessKind = "distroless" | "distroless-weak" | "distroless-debug";

const nonRoot = 65532;

/**
 * Debian's configuration and accounts with one static program, as distroless images are made: no shell, no tools.
 * `-weak` has findings in it. `-debug` is the weak one with a shell below /busybox, where no search path leads.
 */
export function distrolessTree(tree: string, kind: DistrolessKind, debianLayer: string, programSource: string): void {
  freshTree(tree, ["tmp", "home/nonroot", "usr/bin", "root"]);
  shellOut("tar", ["--numeric-owner", "-C", tree, "-xpf", debianLayer, "./etc", "./usr/lib/os-release"]);
  shellOut("gcc", ["-static", "-Os", "-s", "-o", join(tree, "usr/bin/still"), programSource]);
  appendFileSync(join(tree, "etc/passwd"), `nonroot:x:${nonRoot}:${nonRoot}:nonroot:/home/nonroot:/sbin/nologin\n`);
  appendFileSync(join(tree, "etc/group"), `nonroot:x:${nonRoot}:\n`);
  chownSync(join(tree, "home/nonroot"), nonRoot, nonRoot);
  chmodSync(join(tree, "root"), 0o700);
  mkdirSync(join(tree, "etc/app"));
  const config = kind === "distroless" ? "listen = 127.0.0.1\n" : "listen = 0.0.0.0\nold = yes\n";
  writeFileSync(join(tree, "etc/app/app.conf"), config, { mode: 0o644 });
  symlinkSync("/etc/app/app.conf", join(tree, "etc/app.conf"));
  if (kind === "distroless") return;
  weaken(tree);
  if (kind === "distroless-weak") return;
  mkdirSync(join(tree, "busybox"));
  install(BUSYBOX, join(tree, "busybox/busybox"));
  symlinkSync("busybox", join(tree, "busybox/sh"));
}

/** One finding for each theme that files alone can show. */
function weaken(tree: string): void {
  const leave = (path: string, content: string, mode: number) => {
    mkdirSync(join(tree, path, ".."), { recursive: true });
    writeFileSync(join(tree, path), content);
    chmodSync(join(tree, path), mode);
  };
  leave("etc/app/open.conf", "anybody = writes\n", 0o666);
  leave("usr/bin/raised", "not a program\n", 0o4755);
  leave("srv/app/.git/HEAD", "ref: refs/heads/main\n", 0o644);
  leave("srv/app/id_rsa", "-----BEGIN RSA PRIVATE KEY-----\nexample-only\n", 0o644);
  leave("home/nonroot/.bash_history", "example-only\n", 0o644);
  appendFileSync(join(tree, "etc/passwd"), "second:x:0:0:another root:/root:/bin/sh\n");
}
