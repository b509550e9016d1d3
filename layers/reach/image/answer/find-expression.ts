import type { Inode } from "../tree.ts";
import { globbed } from "./glob.ts";
import { NotFromImage } from "./view.ts";

/** What is known of an entry; undefined where something is mounted over it and only a runtime knows. */
export interface Entry {
  readonly path: string;
  readonly type: Inode["type"] | undefined;
  readonly mode: number | undefined;
  readonly uid: number | undefined;
  readonly gid: number | undefined;
  readonly sizeBytes: number | undefined;
}

/** Whether an entry is one that is looked for. Throws NotFromImage where that hangs on what only a runtime knows. */
export type Test = (entry: Entry) => boolean;

function known<T>(value: T | undefined, path: string): T {
  if (value === undefined) throw new NotFromImage(`${path} is not the image's own in a container`);
  return value;
}

/** Reads `A -o B`, `A -a B`, `A B`, `! A` and `( A )`; undefined for a word that is not understood. */
export function readExpression(words: readonly string[]): Test | undefined {
  const expression = words.filter((word, at) => word !== "-print" || at !== words.length - 1);
  // Elsewhere than at the end it prints some more than once, or not all.
  if (expression.includes("-print")) return undefined;
  if (expression.length < words.length && expression.includes("-o")) return undefined;
  if (expression.length === 0) return () => true;
  const reader = new Reader(expression);
  const test = reader.either();
  return reader.at === expression.length ? test : undefined;
}

class Reader {
  readonly words: readonly string[];
  at = 0;

  constructor(words: readonly string[]) {
    this.words = words;
  }

  either(): Test | undefined {
    const one = this.both();
    if (this.words[this.at] !== "-o") return one;
    this.at += 1;
    const other = this.either();
    return one && other && ((entry) => one(entry) || other(entry));
  }

  both(): Test | undefined {
    const one = this.single();
    const next = this.words[this.at];
    if (next === undefined || next === "-o" || next === ")") return one;
    if (next === "-a") this.at += 1;
    const other = this.both();
    return one && other && ((entry) => one(entry) && other(entry));
  }

  single(): Test | undefined {
    const word = this.words[this.at++] ?? "";
    if (word === "!") {
      const inner = this.single();
      return inner && ((entry) => !inner(entry));
    }
    if (word === "(") {
      const inner = this.either();
      return this.words[this.at++] === ")" ? inner : undefined;
    }
    return primary(word, this.words[this.at++] ?? "");
  }
}

const types: Readonly<Record<string, Inode["type"]>> = {
  ...{ d: "directory", f: "file", l: "symlink", p: "fifo", b: "block", c: "character" },
};

function primary(word: string, operand: string): Test | undefined {
  if (word === "-type") {
    if (operand === "s") return ({ type, path }) => known(type, path) === undefined;
    const type = types[operand];
    return type && ((entry) => known(entry.type, entry.path) === type);
  }
  if (word === "-name" || word === "-iname") {
    const pattern = globbed(operand, word === "-iname");
    return pattern && (({ path }) => pattern.test(path.slice(path.lastIndexOf("/") + 1) || "/"));
  }
  if (word === "-user") return ({ uid, path }) => known(uid, path) === Number(operand);
  if (word === "-group") return ({ gid, path }) => known(gid, path) === Number(operand);
  if (word === "-perm") return permission(operand);
  if (word === "-size") return size(operand);
  return undefined;
}

function permission(operand: string): Test | undefined {
  const [, how = "", digits = ""] = /^([-/]?)([0-7]{1,4})$/.exec(operand) ?? [];
  if (digits === "") return undefined;
  const wanted = Number.parseInt(digits, 8);
  return ({ mode, path }) => {
    const bits = known(mode, path);
    if (how === "") return bits === wanted;
    return how === "-" ? (bits & wanted) === wanted : wanted === 0 || (bits & wanted) !== 0;
  };
}

const units: Readonly<Record<string, number>> = { c: 1, w: 2, b: 512, k: 1024, M: 2 ** 20, G: 2 ** 30 };

/** Sizes are rounded up to whole units before they are compared. */
function size(operand: string): Test | undefined {
  const [whole, sign = "", digits = "", unit = "b"] = /^([-+]?)(\d{1,15})([cwbkMG]?)$/.exec(operand) ?? [];
  if (whole === undefined) return undefined;
  return ({ sizeBytes, path }) => {
    const count = Math.ceil(known(sizeBytes, path) / (units[unit || "b"] ?? 512));
    return sign === "+" ? count > Number(digits) : sign === "-" ? count < Number(digits) : count === Number(digits);
  };
}
