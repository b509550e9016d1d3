/** Programs at the places of a command where a shell looks for them, and those of them that another program starts. */
export interface Programs {
  readonly all: ReadonlySet<string>;
  readonly startedByOthers: ReadonlySet<string>;
}

/** Words behind which a command's program stands, and not a program themselves. */
const leading = new Set(["!", "if", "then", "else", "elif", "while", "until", "do", "{"]);
/** The same, and what they start is no function of the shell. */
const passing = new Set(["exec", "command", "time"]);

/** Programs that start another by its name, and their options that have a value behind them. */
export const starters: Readonly<Record<string, RegExp>> = {
  xargs: /^-[aEILnPsd]$/,
  env: /^-[uC]$/,
  timeout: /^-[ks]$/,
  nice: /^-n$/,
  ionice: /^-[cn]$/,
  watch: /^-n$/,
  ...{ nohup: /^$/, setsid: /^$/, linux32: /^$/, linux64: /^$/, setpriv: /^$/, unshare: /^$/, busybox: /^$/ },
};

/**
 * Programs at the beginning and behind `;`, `&`, `|`, `(`, `` ` `` and newline, and behind what starts others. Quoted text
 * counts as well, since it may be another shell's: rather one name too many than one too few.
 */
export function programsIn(command: string): Programs {
  const all = new Set<string>();
  const startedByOthers = new Set<string>();
  for (const part of command.split(/[;&|()`\n'"]|\$\(/)) {
    let words = part.trim().split(/\s+/);
    let passes = false;
    for (let word = words[0] ?? ""; isLeading(word) || (passes && word.startsWith("-")); word = words[0] ?? "") {
      passes ||= passing.has(word);
      words = words.slice(1);
    }
    const found = [words[0] ?? "", ...startedBy(words)].filter((name) => /^[A-Za-z0-9_.[-]+$/.test(name));
    const others = [...found.slice(passes ? 0 : 1), ...executedBy(part)];
    for (const name of [...found, ...others]) all.add(name);
    for (const name of others) startedByOthers.add(name);
  }
  return { all, startedByOthers };
}

const isLeading = (word: string) => leading.has(word) || passing.has(word) || /^\w+=/.test(word);

/** What is started by the first of the words, and by that in turn. */
function startedBy(words: readonly string[]): readonly string[] {
  const valued = starters[words[0] ?? ""];
  if (valued === undefined) return [];
  // Numbers and assignments are for the starter itself: a time, a priority, a variable.
  const at = words.findIndex(
    (word, place) => place > 0 && !/^[-\d]|=|^$/.test(word) && !valued.test(words[place - 1] ?? ""),
  );
  return at < 0 ? [] : [words[at] ?? "", ...startedBy(words.slice(at))];
}

const executedBy = (part: string) =>
  [...part.matchAll(/-(?:exec|ok)(?:dir)?\s+([A-Za-z0-9_.][A-Za-z0-9_.-]*)/g)].flatMap(([, name = ""]) => name);
