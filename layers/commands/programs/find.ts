import { type CommandClass, expensiveIf } from "../class.ts";
import type { Judge, Rule } from "../options.ts";
import { isBig } from "../paths.ts";
import type { Word } from "../syntax.ts";
import { isSingle, lead, literal, pattern } from "../words.ts";

const alone = new Set(
  "-H -L -P -xdev -mount -depth -d -noleaf -follow -daystart -warn -nowarn -ignore_readdir_race -nouser -nogroup -empty -executable -readable -writable -true -false -print -print0 -ls -prune -quit -not ! -a -and -o -or ( ) ,".split(
    " ",
  ),
);

const valued = new Set(
  "-name -iname -path -ipath -wholename -iwholename -regex -iregex -lname -ilname -type -xtype -perm -user -group -uid -gid -size -mtime -atime -ctime -mmin -amin -cmin -newer -anewer -cnewer -links -inum -samefile -fstype -used -context -printf -maxdepth -mindepth -regextype".split(
    " ",
  ),
);

/** Tests and what prints; whatever deletes, runs or writes a file is not in the lists, and abbreviations do not exist. */
export const find: Rule = (args, judge) => {
  const roots: Word[] = [];
  let shallow = false;
  let testing = false;
  for (let at = 0; at < args.length; at += 1) {
    const word = args[at] ?? [];
    const text = literal(word);
    if (text !== undefined && (valued.has(text) || /^-newer[aBcmt][aBcmt]$/.test(text))) {
      testing = true;
      at += 1;
      const value = args[at];
      if (value === undefined || !isSingle(value)) return "unknown";
      if (text === "-maxdepth") shallow = /^[0-3]$/.test(literal(value) ?? "");
    } else if (text !== undefined && alone.has(text)) {
      testing ||= !/^-[HLP]$/.test(text);
    } else if (testing || !isRoot(word, judge)) {
      return "unknown";
    } else roots.push(word);
  }
  return classOfWalk(roots, shallow);
};

function classOfWalk(roots: readonly Word[], shallow: boolean): CommandClass {
  return expensiveIf(!shallow && (roots.length === 0 || roots.some(isBig)));
}

/** A word that names a folder and can be neither a test nor an action. */
function isRoot(word: Word, judge: Judge): boolean {
  const start = lead(word);
  if (start === "") {
    const known = judge.known(word);
    return literal(word) === undefined && (known === "name" || known === "number");
  }
  return !/^[-(),!]/.test(start) && (isSingle(word) || pattern(word) !== undefined);
}
