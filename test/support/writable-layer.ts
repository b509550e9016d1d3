import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";

/** The process on this machine that a container of the embedded cluster runs: the first one in its cgroup. */
export function hostPidOf(containerId: string): number {
  const id = containerId.replace(/^\w+:\/\//, "");
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && cgroupOf(name).includes(id));
  if (pids.length === 0) throw new Error(`no process belongs to container ${id}`);
  return Math.min(...pids.map(Number));
}

function cgroupOf(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cgroup`, "utf8");
  } catch {
    return ""; // it has ended meanwhile
  }
}

/**
 * All that a container's filesystem holds, with the times of every change: what is written, created, renamed, or given
 * other rights shows in it. /proc, /sys and /dev are other filesystems and left out.
 */
export function writableLayer(containerId: string): string {
  const root = `/proc/${hostPidOf(containerId)}/root`;
  const upper = /(?:^|,)upperdir=([^,\s]+)/m.exec(
    readFileSync(`/proc/${hostPidOf(containerId)}/mountinfo`, "utf8"),
  )?.[1];
  const list = (folder: string) =>
    execFileSync("find", [folder, "-xdev", "-printf", "%P %y %m %U:%G %s %T@ %C@ %l\n"], { encoding: "utf8" });
  // With overlayfs the upper folder is all that was ever written.
  return upper !== undefined && statSync(upper).isDirectory() ? list(upper) : list(`${root}/`);
}
