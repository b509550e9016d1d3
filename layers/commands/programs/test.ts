import { readOnlyIf } from "../class.ts";
import type { Judge, Rule } from "../options.ts";
import type { Word } from "../syntax.ts";
import { isSingle, literal, pattern } from "../words.ts";

const unary = new Set("-b -c -d -e -f -g -h -k -L -n -O -p -r -s -S -t -u -w -x -z -G -N".split(" "));
const binary = new Set("= == != -eq -ne -gt -ge -lt -le -nt -ot -ef".split(" "));

/** `test EXPRESSION`. Bash runs what stands in the subscript of `-v`'s operand, so an operator must be known text. */
export const test: Rule = (args, judge) => readOnlyIf(isExpression(args, judge));

/** `[ EXPRESSION ]`. */
export const bracket: Rule = (args, judge) =>
  readOnlyIf(literal(args.at(-1)) === "]" && isExpression(args.slice(0, -1), judge));

function isExpression(args: readonly Word[], judge: Judge): boolean {
  const texts = args.map(literal);
  if (texts.some((text) => text === "-v" || text === "-R" || text === "-o" || text === "-a") && args.length < 4)
    return false;
  if (texts.some((text) => text === "-v" || text === "-R")) return false;
  // with nothing that could turn out an operator, any arrangement is as harmless as it reads
  if (args.every((word) => literal(word) !== undefined || /^n/.test(judge.known(word)) || isPathGlob(word)))
    return true;
  const bare = texts[0] === "!" ? args.slice(1) : args;
  if (bare.length === 1) return isOperand(bare[0], judge);
  if (bare.length === 2) return unary.has(literal(bare[0]) ?? "") && isOperand(bare[1], judge);
  return (
    bare.length === 3 && binary.has(literal(bare[1]) ?? "") && isOperand(bare[0], judge) && isOperand(bare[2], judge)
  );
}

const isOperand = (word: Word | undefined, judge: Judge) =>
  word !== undefined && (isSingle(word) || /^n/.test(judge.known(word)));

/** `/etc/x*` may become many words, but each begins with a slash and none is an operator. */
const isPathGlob = (word: Word) => pattern(word)?.text.startsWith("/") === true;
