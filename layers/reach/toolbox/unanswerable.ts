import type { Programs } from "./programs.ts";

/**
 * Programs whose answer would speak of the toolbox and not of the target: an inventory that has no tool to read it is
 * unknown, not empty; nobody becomes a user through a program that was lent; `df` knows the toolbox's mounts only, what lists
 * processes its processes, and `busybox` its programs.
 */
const withheld = new Set(
  "dpkg dpkg-deb dpkg-query rpm rpm2cpio apk opkg pacman su login df pgrep pkill pidof pstree pmap top lsof fuser killall busybox".split(
    " ",
  ),
);
const shells = ["sh", "ash", "hush", "bash", "dash"];
/** Lent programs that a function of the shell stands for: no other program can start them so. */
const replaced = ["mount", "ps"];

/** Why a command cannot be answered with programs that are lent; undefined when it can. */
export function unanswerable(command: string, programs: Programs, own: ReadonlySet<string>): string | undefined {
  const lacks = (name: string) => programs.all.has(name) && !own.has(name);
  const kept = [...withheld].find(lacks);
  if (kept !== undefined) return `the target has no ${kept}, and no other can answer for it`;
  const nested = replaced.find((name) => lacks(name) && (programs.startedByOthers.has(name) || shells.some(lacks)));
  if (nested !== undefined)
    return `the target has no ${nested}, and the lent one, started by another program, lists its own`;
  if (lacks("mount") && /\bmount\s+[^\s|;&)]/.test(command))
    return "the target has no mount, and the lent one only lists";
  if (lacks("ps") && /\bps\s[^|;&]*-\w*o\s*(?!\s|pid\b)/.test(command)) {
    return "the target has no ps, and the lent one can tell whose process a line is by the PID in front only";
  }
  return undefined;
}
