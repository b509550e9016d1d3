import { execFileSync } from "node:child_process";
import { readFileSync, statSync } from "node:fs";
import { hostPidOf } from "./container-processes.ts";

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
