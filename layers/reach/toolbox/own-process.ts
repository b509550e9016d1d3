import type { Place } from "./proof.ts";

const names =
  "mounts mountinfo mountstats status stat statm limits uid_map gid_map projid_map setgroups oom_score oom_score_adj oom_adj loginuid sessionid";
/** What the target's process tells to everybody, and a process of the toolbox would tell otherwise. */
const told = new RegExp(`^/(?:${names.replaceAll(" ", "|")}|attr/(?:\\w+/)?current)$`);
/** What is alike for a process in the chroot: it has the target's root, environment and network. */
const alike = /^\/(?:environ|(?:root|cwd|net)(?:\/.*)?|fd\/[0-2])$/;

/** A path of one's own process: what stands before it, whose it is, and what is asked of it. */
const ownPath = /([\w.}\]-]?)\/proc\/(self\b|thread-self\b|\$\$|\$\{?PPID\}?)((?:\/[\w.]+)*)([^\s;|&<>()'"`]?)/g;

/**
 * A command in which the target's process stands for one's own: a process in the chroot is one of the toolbox, with other
 * rights, limits and mounts. Undefined where that process cannot stand for it. Paths that a shell puts together are out of
 * reach of this.
 */
export function askedOfTarget(command: string, { pid, cgroupsApart }: Place): string | undefined {
  let understood = true;
  const text = command.replaceAll(ownPath, (whole, before, who, what, after) => {
    if (before === "" && after === "" && !who.includes("PPID")) {
      if (alike.test(what) || (what === "" && who === "$$")) return whole;
      // A cgroup namespace of its own shows the toolbox what the target's shows the target.
      if (what === "/cgroup") return cgroupsApart ? whole : `/proc/${pid}/cgroup`;
      if (told.test(what)) return `/proc/${pid}${what}`;
    }
    understood = false;
    return whole;
  });
  if (!understood) return undefined;
  return text
    .replaceAll(/(?<![\w.-])\/proc\/mounts\b/g, `/proc/${pid}/mounts`)
    .replaceAll(/(?<![\w./-])\/etc\/mtab\b/g, `/proc/${pid}/mounts`);
}
