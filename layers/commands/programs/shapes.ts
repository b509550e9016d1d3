import { type CommandClass, expensiveIf, readOnlyIf } from "../class.ts";
import { areReadable, type Given, given, type Judge, type Options, type Rule } from "../options.ts";
import { isBig, isReadableTree } from "../paths.ts";
import type { Word } from "../syntax.ts";
import { isSingle, literal } from "../words.ts";

/** Programs that open nothing they are named and have no option that acts, in any of their versions. */
export const looks: Rule = () => "read-only";

/** Only without any argument. */
export const bare: Rule = (args) => readOnlyIf(args.length === 0);

/** Options from the list, and at most so many operands, which the program does not read as files. */
export const plain =
  (allowed: Options, { operands = Number.POSITIVE_INFINITY, needs = "" } = {}): Rule =>
  (args, judge) => {
    const found = given(args, allowed, judge);
    if (found === undefined || !areAtMost(operands, found.operands, judge)) return "unknown";
    return readOnlyIf(needs === "" || needs.split(" ").some((name) => found.options.has(name)));
  };

/** Options from the list, then files that are read; the first `skip` operands are not files. */
export const reads =
  (allowed: Options, further: { skip?: number; most?: number; also?: (found: Given) => CommandClass } = {}): Rule =>
  (args, judge) => {
    const found = given(args, allowed, judge);
    if (found === undefined || !areAtMost(further.most ?? Number.POSITIVE_INFINITY, found.operands, judge))
      return "unknown";
    if (!areReadable(found.operands.slice(further.skip ?? 0), judge)) return "unknown";
    return further.also?.(found) ?? "read-only";
  };

/** Where operands are counted, none may turn into two. */
const areAtMost = (most: number, operands: readonly Word[], judge: Judge) =>
  operands.length <= most &&
  (most === Number.POSITIVE_INFINITY || operands.every((word) => isSingle(word) || /^n/.test(judge.known(word))));

/** Each word is one of these texts, or matches. */
export const words =
  (allowed: RegExp, { least = 1, most = Number.POSITIVE_INFINITY } = {}): Rule =>
  (args) =>
    readOnlyIf(
      args.length >= least && args.length <= most && args.every((word) => allowed.test(literal(word) ?? "\n")),
    );

/** A first word that says what is done, then options and operands that fit it. */
export const verbs =
  (table: Readonly<Record<string, Rule>>): Rule =>
  (args, judge) =>
    lookUp(table, literal(args[0]))?.(args.slice(1), judge) ?? "unknown";

/** The entry of a table by a name from outside: `constructor` and its like are no entries. */
export const lookUp = <T>(table: Readonly<Record<string, T>>, name: string | undefined): T | undefined =>
  name !== undefined && Object.hasOwn(table, name) ? table[name] : undefined;

/** A walk below folders whose files' content is read. */
export function readsTrees(folders: readonly Word[]): CommandClass {
  const ends = folders.length > 0 && folders.every(isReadableTree);
  return ends ? expensiveIf(folders.some(isBig)) : "unknown";
}
