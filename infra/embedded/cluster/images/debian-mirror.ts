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
  const suite = ownSuite();
  const found = mainTargets().find(({ release }) => release === suite || release === "stable");
  if (found !== undefined) return { uri: found.uri, suite };
  throw new Error(`no apt source on this machine offers ${suite} main: debootstrap has nowhere to get packages from`);
}

/** Lines of a sources.list with which a Debian root installs from where this machine does, security updates included. */
export function debianSources(): string {
  const suite = ownSuite();
  return mainTargets()
    .filter(({ release }) => release === suite || release.startsWith(`${suite}-`))
    .map(({ uri, release }) => `deb ${uri} ${release} main\n`)
    .join("");
}

function ownSuite(): string {
  const suite = /^VERSION_CODENAME=(\S+)$/m.exec(readFileSync("/etc/os-release", "utf8"))?.[1];
  if (suite === undefined) throw new Error("no VERSION_CODENAME in /etc/os-release: images are built on Debian only");
  return suite;
}

/** What apt on this machine knows of Debian's component main. */
function mainTargets(): readonly { readonly uri: string; readonly release: string }[] {
  const format = "$(REPO_URI)|$(RELEASE)|$(COMPONENT)";
  const targets = shellOut("apt-get", ["indextargets", "--format", format, "Created-By: Packages"]);
  return targets.split("\n").flatMap((line) => {
    const [uri, release, component] = line.split("|");
    return uri && release && component === "main" ? [{ uri, release }] : [];
  });
}

/** apt's own proxy setting, as the environment that debootstrap's downloader understands. */
export function proxyEnvironment(): Record<string, string> {
  const proxy = /^Acquire::http::Proxy "([^"]+)";$/m.exec(shellOut("apt-config", ["dump"]))?.[1];
  return proxy === undefined || proxy === "DIRECT" ? {} : { http_proxy: proxy };
}
