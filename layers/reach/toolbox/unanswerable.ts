import { heard, lentShells } from "./lent-programs.ts";
import { type Programs, programsIn, starters } from "./programs.ts";
import { builtins, type Tools } from "./tools.ts";

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
const shells = [...lentShells, "bash", "dash"];
/** Lent programs that a function of the shell stands for: no other program can start them so. */
const replaced = ["mount", "ps"];

/** Words of gawk that are empty variables, or are called at the end, where nobody knows them. */
const gawk =
  /\b(?:gensub|asorti?|patsplit|strtonum|isarray|typeof|PROCINFO|IGNORECASE|BEGINFILE|ENDFILE|FPAT|FIELDWIDTHS)\b/;
/** What starts a program past the shell's functions, and what asks the shell whether there is one; and the names behind. */
const past = /(?<![\w./-])(?:command(?!\s+-[vV])|exec|time)((?:\s+["']?[\w.-]+["']?)+)/g;
const existence = /(?<![\w./-])(?:command\s+-[vV]|type|hash)((?:\s+["']?[\w.-]+["']?)+)/g;
const behind = (pattern: RegExp, command: string) =>
  [...command.matchAll(pattern)].flatMap(([, names = ""]) => names.match(/[\w.-]+/g) ?? []);

/** Why a command cannot be answered with programs that are lent; undefined when it can. */
export function unanswerable(command: string, programs: Programs, { own, lent }: Tools): string | undefined {
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
  if (lacks("awk") && gawk.test(command)) return "the target has no awk, and the lent one does not know GNU's words";
  return unheard(command, { own, lent });
}

/** Why nobody would notice that a lent program took the place of the target's, or did not understand its words. */
function unheard(command: string, { own, lent }: Tools): string | undefined {
  const { all, startedByOthers } = programsIn(command.replaceAll(existence, ""));
  const isLent = (name: string) => lent.has(name) && !builtins.has(name);
  const taken = [...all].find(
    (name) => own.has(name) && isLent(name) && (startedByOthers.has(name) || /\W/.test(name)),
  );
  if (taken !== undefined) return `the lent ${taken} would be started in place of the target's`;
  const lacking = (name: string) => isLent(name) && !own.has(name);
  const starter = [...all].find((name) => Object.hasOwn(starters, name) && lacking(name) && !heard.has(name));
  if (starter !== undefined && [...startedByOthers].some(lacking))
    return `the target has no ${starter}, and what the lent one starts is not heard`;
  const started = behind(past, command).find((name) => lacking(name) && heard.has(name));
  if (started !== undefined) return `the target has no ${started}, and the lent one would be started unheard`;
  // Whoever uses the program as well only asks whether that is possible.
  const found = behind(existence, command).find((name) => lacking(name) && !all.has(name));
  return found === undefined ? undefined : `the target has no ${found}, and a shell would find the lent one`;
}
