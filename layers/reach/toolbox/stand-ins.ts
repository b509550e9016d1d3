import type { Programs } from "./programs.ts";

/**
 * Functions that stand before a command, for programs that are lent: `mount` lists the target's mounts, and `ps` leaves out
 * what runs in the toolbox, by the cgroup of each line's PID.
 */
export function standIns({ all }: Programs, own: ReadonlySet<string>, pid: number, id: string): string {
  const lacks = (name: string) => all.has(name) && !own.has(name);
  return `${lacks("mount") ? mountOf(pid) : ""}${lacks("ps") ? psOf(id) : ""}`;
}

const mountOf = (pid: number) =>
  `mount(){ while read -r d p t o r;do printf '%s on %s type %s (%s)\n' "$d" "$p" "$t" "$o";done </proc/${pid}/mounts;};`;

const psOf = (id: string) =>
  `ps(){ command ps "$@"|while IFS= read -r l;do n=\${l#"\${l%%[! ]*}"};n=\${n%%[!0-9]*};[ "$n" ]||{ printf '%s\n' "$l";continue;};` +
  `while read -r g;do case $g in *${id}*)printf '%s\n' "$l";break;;esac;done 2>/dev/null </proc/$n/cgroup;done;};`;
