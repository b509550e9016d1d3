import { testIn } from "./read/find-test.ts";

const test = /(?<=\s)(-(?:size|mmin|type|perm))\s+(["']?)([-+/\w,=]+)\2(?=[\s;|&)"'`\\]|$)/g;

/** A command whose find is lent, with the tests that busybox takes otherwise, or does not know, in words of the same meaning. */
export function inFindsWords(command: string): string {
  return command.replaceAll(test, (whole, word: string, _quote, operand: string) => {
    const said = testIn(word, operand);
    if (said === undefined || said.join(" ") === `${word} ${operand}`) return whole;
    // A backslash is one in double quotes as well, so this holds for a shell inside this one.
    return said.map((part) => (part === "(" || part === ")" ? `\\${part}` : part)).join(" ");
  });
}
