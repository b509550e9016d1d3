/** What a find asks: one start, its bounds, and the words that choose. */
export interface Find {
  readonly start: string;
  readonly least: number;
  readonly most: number;
  readonly oneDevice: boolean;
  readonly expression: readonly string[];
}

/** Words that look at an entry alone, by how many words follow. Whatever opens a folder, runs or prints otherwise is not here. */
const operands: Readonly<Record<string, 0 | 1>> = {
  ...{ "-print": 0, "-o": 0, "-a": 0, "!": 0, "(": 0, ")": 0 },
  ...{ "-type": 1, "-name": 1, "-iname": 1, "-perm": 1, "-user": 1, "-group": 1, "-size": 1, "-mtime": 1, "-mmin": 1 },
};
const sameAs: Readonly<Record<string, string>> = {
  "-not": "!",
  "-or": "-o",
  "-and": "-a",
  "-uid": "-user",
  "-gid": "-group",
};
const deepest = 200;

/** Reads the words of a find with one literal start; undefined for what cannot be asked folder by folder. */
export function readFind(words: readonly string[]): Find | undefined {
  const [start = "", ...rest] = words;
  if (!start.startsWith("/")) return undefined;
  const expression: string[] = [];
  let [least, most, oneDevice] = [0, deepest, false];
  for (let at = 0; at < rest.length; at += 1) {
    const word = sameAs[rest[at] ?? ""] ?? rest[at] ?? "";
    if (word === "-xdev" || word === "-mount") oneDevice = true;
    else if (word === "-maxdepth" || word === "-mindepth") {
      const depth = rest[++at] ?? "";
      if (!/^\d{1,2}$/.test(depth)) return undefined;
      if (word === "-maxdepth") most = Number(depth);
      else least = Number(depth);
    } else if (operands[word] === 0) expression.push(word);
    else if (operands[word] === 1) {
      const operand = numbered(word, rest[++at] ?? "");
      if (operand === undefined) return undefined;
      expression.push(word, operand);
    } else return undefined;
  }
  // From the root, without this, it would walk every process and device of the pod.
  if (/^\/+$/.test(start) && !oneDevice) return undefined;
  return { start, least, most, oneDevice, expression };
}

/** Names of users are the target's, and find here would look them up in the toolbox: only numbers, and root, go on. */
function numbered(word: string, operand: string): string | undefined {
  if (word !== "-user" && word !== "-group") return operand;
  if (operand === "root") return "0";
  return /^\d+$/.test(operand) ? operand : undefined;
}
