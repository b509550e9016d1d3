import { spawnSync } from "node:child_process";
import { readdirSync, readFileSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { endProcess, identify } from "../process-identity.ts";

/** The cgroup that pods of every embedded cluster live under, named as a kubelet with the cgroupfs driver names it. */
export const PODS_CGROUP = "/kubepods/besteffort";

/**
 * Ends the shims that serve the containerd at `socket` together with their containers, found by the address in their own
 * command line: a killed containerd leaves them behind, with the containers running.
 */
export async function endShims(socket: string): Promise<void> {
  const shims = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      const argv = commandLine(pid);
      return argv[0]?.endsWith("containerd-shim-runc-v2") === true && argv.includes(socket);
    });
  for (const pid of shims) {
    const children = childrenOf(pid);
    for (const target of [pid, ...children]) {
      const identity = identify(target);
      if (identity !== undefined) await endProcess(identity, 0);
    }
  }
}

/** Mount points under a directory, deepest first, as /proc/self/mounts spells them. */
export function mountsUnder(dir: string): string[] {
  return readFileSync("/proc/self/mounts", "utf8")
    .split("\n")
    .map((line) => (line.split(" ")[1] ?? "").replaceAll("\\040", " "))
    .filter((point) => point.startsWith(`${dir}/`))
    .sort((a, b) => b.length - a.length);
}

export function unmountUnder(dir: string): void {
  for (const point of mountsUnder(dir)) spawnSync("umount", ["-l", point], { stdio: "ignore" });
}

/** Removes the cgroups of pods that are gone. One that still has processes, ours or another cluster's, refuses and stays. */
export function removePodCgroups(): void {
  const hierarchies = ["", ...directories("/sys/fs/cgroup")].map((name) => join("/sys/fs/cgroup", name));
  for (const hierarchy of hierarchies) removeEmpty(join(hierarchy, "kubepods"));
}

function removeEmpty(dir: string): void {
  for (const name of directories(dir)) removeEmpty(join(dir, name));
  try {
    rmdirSync(dir);
  } catch {
    // Not there, or still in use.
  }
}

function directories(dir: string): string[] {
  try {
    return readdirSync(dir, { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map((entry) => entry.name);
  } catch {
    return [];
  }
}

function childrenOf(pid: number): number[] {
  try {
    return readFileSync(`/proc/${pid}/task/${pid}/children`, "utf8").trim().split(" ").filter(Boolean).map(Number);
  } catch {
    return [];
  }
}

function commandLine(pid: number): string[] {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").split("\0");
  } catch {
    return [];
  }
}
