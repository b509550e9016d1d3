import { readFileSync } from "node:fs";
import { shellOut } from "./shell-out.ts";

export interface DebianMirror {
  readonly uri: string;
  readonly suite: string;
}

/**
 * Finds where this machine itself gets Debian's main archive from (apt-get indextargets), and its release name.
 * Throws when the machine is not Debian or has no such source.
 */
export function debianMirror(): DebianMirror {
  const osRelease = readFileSync("/etc/os-release", "utf8");
  const suite = /^VERSION_CODENAME=(\S+)$/m.exec(osRelease)?.[1];
  if (suite === undefined) throw new Error("no VERSION_CODENAME in /etc/os-release: images are built on Debian only");
  const targets = shellOut("apt-get", [
    "indextargets",
    "--format",
    "$(REPO_URI)|$(RELEASE)|$(COMPONENT)",
    "Created-By: Packages",
  ]);
  for (const line of targets.split("\n")) {
    const [uri, release, component] = line.split("|");
    if (uri && (release === suite || release === "stable") && component === "main") return { uri, suite };
  }
  throw new Error(`no apt source on this machine offers ${suite} main: debootstrap has nowhere to get packages from`);
}

/** apt's own proxy setting, as the environment that debootstrap's downloader understands. */
export function proxyEnvironment(): Record<string, string> {
  const proxy = /^Acquire::http::Proxy "([^"]+)";$/m.exec(shellOut("apt-config", ["dump"]))?.[1];
  return proxy === undefined || proxy === "DIRECT" ? {} : { http_proxy: proxy };
}
