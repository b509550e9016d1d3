import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync, statSync } from "node:fs";

/** The process on this machine that a container of the embedded cluster runs: the oldest one in its cgroup. */
export function hostPidOf(containerId: string): number {
  const id = containerId.replace(/^\w+:\/\//, "");
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name) && told(name, "cgroup").includes(id));
  // Numbers begin anew at some time, so that the lowest need not be the first.
  const [first] = pids.sort((one, other) => startOf(one) - startOf(other));
  if (first === undefined) throw new Error(`no process belongs to container ${id}`);
  return Number(first);
}

/** In ticks since the machine's own start: proc(5), field 22 of stat. */
function startOf(pid: string): number {
  const fields = told(pid, "stat")
    .replace(/^.*\) /s, "")
    .split(" ");
  return Number(fields[19] ?? Number.POSITIVE_INFINITY);
}

function told(pid: string, file: "cgroup" | "stat"): string {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8");
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
