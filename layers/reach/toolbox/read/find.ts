import { testIn } from "./find-test.ts";

/** What a find asks: one start, its bounds, and the words that choose. */
export interface Find {
  readonly start: string;
  readonly least: number;
  /** Infinity where no depth is named. */
  readonly most: number;
  readonly oneDevice: boolean;
  readonly expression: readonly string[];
}

/** Words that stand alone, and their part in the expression. Whatever opens a folder, runs or prints otherwise is not here. */
const alone: Readonly<Record<string, string>> = { "-print": "t", "-o": "o", "-a": "a", "!": "!", "(": "(", ")": ")" };
const sameAs: Readonly<Record<string, string>> = {
  "-not": "!",
  "-or": "-o",
  "-and": "-a",
  "-uid": "-user",
  "-gid": "-group",
};

/** Reads the words of a find with one literal start; undefined for what cannot be asked folder by folder. */
export function readFind(words: readonly string[]): Find | undefined {
  const [start = "", ...rest] = words;
  if (!start.startsWith("/")) return undefined;
  const expression: string[] = [];
  let [least, most, oneDevice, parts] = [0, Number.POSITIVE_INFINITY, false, ""];
  for (let at = 0; at < rest.length; at += 1) {
    const word = sameAs[rest[at] ?? ""] ?? rest[at] ?? "";
    const option = word === "-xdev" || word === "-mount" || word === "-maxdepth" || word === "-mindepth";
    // An option is true wherever it stands, and its opposite nothing that anybody asks.
    if (option && parts.endsWith("!")) return undefined;
    if (word === "-xdev" || word === "-mount") oneDevice = true;
    else if (option) {
      const depth = rest[++at] ?? "";
      if (!/^\d{1,2}$/.test(depth)) return undefined;
      if (word === "-maxdepth") most = Number(depth);
      else least = Number(depth);
    } else {
      const part = alone[word];
      const said = part === undefined ? testIn(word, rest[++at] ?? "") : [word];
      if (said === undefined) return undefined;
      expression.push(...said);
      parts += part ?? "t";
    }
  }
  if (/^\/+$/.test(start)) {
    // Without this it would walk every process and device of the pod.
    if (!oneDevice) return undefined;
    // The root's own name is a slash; beside it, it is a dot, which such a pattern could take for a name.
    if (least === 0 && expression.some((word) => /^(?:[*?.]|\[.*\])+$/.test(word))) return undefined;
  }
  return isWhole(parts) ? { start, least, most, oneDevice, expression } : undefined;
}

/** Whether every operator has what it joins: where GNU has no answer, busybox makes one up. A test is `t`. */
function isWhole(expression: string): boolean {
  const shorter = expression.replaceAll(/!t|\(t\)|t[oa]?t/g, "t");
  return shorter === expression ? expression === "" || expression === "t" : isWhole(shorter);
}
