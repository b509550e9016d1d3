/**
 * Programs whose answer would speak of the toolbox and not of the target: an inventory that has no tool to read it is
 * unknown, not empty; nobody becomes a user through a program that was lent; `df` knows the toolbox's mounts only.
 */
const withheld = new Set("dpkg dpkg-deb dpkg-query rpm rpm2cpio apk opkg pacman su login df".split(" "));

/** Words behind which a command's program stands, and not a program themselves. */
const leading = new Set(["!", "if", "then", "else", "elif", "while", "until", "do", "{", "time", "exec", "command"]);

/**
 * Names at the places where a shell looks for programs: at the beginning and behind `;`, `&`, `|`, `(`, `` ` `` and newline.
 * Quoted text counts as well, since it may be another shell's: rather one name too many than one too few.
 */
export function programsIn(command: string): ReadonlySet<string> {
  const found = new Set<string>();
  for (const part of command.split(/[;&|()`\n'"]|\$\(/)) {
    const words = part.trim().split(/\s+/);
    let at = 0;
    while (leading.has(words[at] ?? "") || /^\w+=/.test(words[at] ?? "")) at += 1;
    if (/^[A-Za-z0-9_.[-]+$/.test(words[at] ?? "")) found.add(words[at] ?? "");
    const behind = part.match(/(?:-exec(?:dir)?|\bxargs(?:\s+(?:-\S+|\d+))*)\s+([A-Za-z0-9_.][A-Za-z0-9_.-]*)/);
    if (behind?.[1] !== undefined) found.add(behind[1]);
  }
  return found;
}

/** Why a command cannot be answered with programs that are lent; undefined when it can. */
export function unanswerable(command: string, programs: ReadonlySet<string>, own: ReadonlySet<string>) {
  const lent = (name: string) => programs.has(name) && !own.has(name);
  const kept = [...withheld].find(lent);
  if (kept !== undefined) return `the target has no ${kept}, and no other can answer for it`;
  if (lent("mount") && /\bmount\s+[^\s|;&)]/.test(command))
    return "the target has no mount, and the lent one only lists";
  if (lent("ps") && /\bps\s[^|;&]*-\w*o\s*(?!\s|pid\b)/.test(command)) {
    return "the target has no ps, and the lent one can tell whose process a line is by the PID in front only";
  }
  return undefined;
}

/**
 * Functions that stand before a command, for programs that are lent: `mount` lists the target's mounts, and `ps` leaves out
 * what runs in the toolbox, by the cgroup of each line's PID.
 */
export function wrappers(programs: ReadonlySet<string>, own: ReadonlySet<string>, pid: number, id: string): string {
  const lent = (name: string) => programs.has(name) && !own.has(name);
  return `${lent("mount") ? mountOf(pid) : ""}${lent("ps") ? psOf(id) : ""}`;
}

const mountOf = (pid: number) =>
  `mount(){ while read -r d p t o r;do printf '%s on %s type %s (%s)\n' "$d" "$p" "$t" "$o";done </proc/${pid}/mounts;};`;

const psOf = (id: string) =>
  `ps(){ command ps "$@"|while IFS= read -r l;do n=\${l#"\${l%%[! ]*}"};n=\${n%%[!0-9]*};[ "$n" ]||{ printf '%s\n' "$l";continue;};` +
  `while read -r g;do case $g in *${id}*)printf '%s\n' "$l";break;;esac;done 2>/dev/null </proc/$n/cgroup;done;};`;
