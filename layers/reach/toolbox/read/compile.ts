import { quote } from "../../quoting.ts";
import { shellWords } from "../../shell-words.ts";
import { groupMark, userMark } from "./accounts.ts";
import { readsInputOnly } from "./filters.ts";
import { readFind } from "./find.ts";
import { grepParts } from "./grep.ts";
import { type CommandLine, readCommandLine, type Simple } from "./words.ts";

/** A question in the words of the library. */
export interface Question {
  readonly script: string;
  /** Where numbers stand in the answer in place of names: the whole of it, or the lines before a file's content. */
  readonly named?: "all" | "record";
}

/** What the toolbox can run although the target cannot; none of these may answer for the target by itself. */
export type Lent = (program: string) => boolean;

/** What the kernel answers alike for every container of a pod. */
const ofKernel = new Set(["uname", "nproc", "hostname"]);
const constants = new Set(["true", "false", "echo", ":"]);

const call = (...words: readonly string[]) => words.map((word, at) => (at === 0 ? word : quote(word))).join(" ");

/**
 * Translates a command into questions that can be asked without a shell in the target. Undefined for what is not wholly
 * understood: such a command is not asked at all.
 */
export function compile(command: string, lent: Lent): Question | undefined {
  const line = readCommandLine(command);
  if (line === undefined) return undefined;
  const [only] = line.rest.length === 0 ? [questionOf(line.first)] : [];
  if (only?.named !== undefined) return { ...only, script: `(${only.script})${line.first.redirections.join(" ")}` };
  const parts = partsOf(line).map(({ operator, simple }) => {
    const piped = operator === "|";
    const part = piped ? (filterOf(simple) ?? absentOf(simple, lent)) : (questionOf(simple) ?? absentOf(simple, lent));
    // Beside other words, what stands for a name could as well be one of those.
    if (part === undefined || part.named !== undefined) return undefined;
    // A subshell each: a question moves to another folder.
    return `${operator}(${part.script})${simple.redirections.join(" ")}`;
  });
  if (parts.includes(undefined)) return undefined;
  return { script: parts.join(" ") };
}

const partsOf = ({ first, rest }: CommandLine) => [{ operator: "" as const, simple: first }, ...rest];

function questionOf({ words, input }: Simple): Question | undefined {
  const [program = "", ...given] = words;
  const plain = (script: string | undefined) => (script === undefined ? undefined : { script });
  if (input !== undefined) {
    const sound = absolute(input) !== undefined && readsInputOnly(program, given);
    return sound ? plain(call("reads", program, "1", input, ...given)) : undefined;
  }
  if (constants.has(program)) return plain(words.map(quote).join(" "));
  if (ofKernel.has(program) && given.every(isOption)) return plain(words.map(quote).join(" "));
  if (program === "env" && given.length === 0) return plain(`tr '\\0' '\\n' </proc/$Q/environ`);
  if (program === "test" || program === "[") return plain(testOf(program, given));
  if (program === "stat") return statOf(given);
  if (program === "readlink") return plain(readlinkOf(given));
  if (program === "ls") return plain(lsOf(given));
  if (program === "cat") return plain(catOf(given));
  if (program === "grep") return plain(grepOf(given));
  if (program === "find") return plain(findOf(given));
  if (program === "head" || program === "tail") return plain(oneFile(program, given));
  return undefined;
}

const isOption = (word: string) => /^-[A-Za-z0-9]+$/.test(word);
const absolute = (path: string) => (path.startsWith("/") ? path : undefined);

function filterOf({ words, input }: Simple): Question | undefined {
  const [program = "", ...given] = words;
  if (input !== undefined || !readsInputOnly(program, given)) return undefined;
  return { script: words.map(quote).join(" ") };
}

/** A program that the target may lack, which is an answer; one that the toolbox has says nothing about the target. */
function absentOf({ words, input }: Simple, lent: Lent): Question | undefined {
  const [program = ""] = words;
  if (input !== undefined || lent(program) || shellWords.has(program) || !/^[A-Za-z0-9_./+-]+$/.test(program))
    return undefined;
  if (program.includes("/") && absolute(program) === undefined) return undefined;
  return { script: call("absent", program) };
}

function testOf(program: string, given: readonly string[]): string | undefined {
  const words = program === "[" ? given.slice(0, -1) : given;
  if (program === "[" && given.at(-1) !== "]") return undefined;
  const negated = words[0] === "!";
  const [flag = "", path = "", ...more] = negated ? words.slice(1) : words;
  if (!/^-[edfLhpSbcrwxsugk]$/.test(flag) || absolute(path) === undefined || more.length > 0) return undefined;
  return `${negated ? "! " : ""}${call("tests", flag, path)}`;
}

function statOf(given: readonly string[]): Question | undefined {
  let follow = "";
  let format: string | undefined;
  let gnu = false;
  const paths: string[] = [];
  for (let at = 0; at < given.length; at += 1) {
    const word = given[at] ?? "";
    const long = /^--(format|printf)(?:=(.*))?$/s.exec(word);
    if (word === "-L" || word === "--dereference") follow = "1";
    else if (word === "-c" || long !== null) {
      format = long?.[2] ?? given[++at];
      gnu = long?.[1] === "printf";
    } else if (word !== "--") paths.push(word);
  }
  const [path = "", ...more] = paths;
  const text = gnu ? format?.replaceAll("\\n", "\n") : format;
  if (text === undefined || absolute(path) === undefined || more.length > 0) return undefined;
  // The quoted name and the mount point would be those of the toolbox's own path.
  if (/\\|%[Nm]|\n\n$/.test(text)) return undefined;
  const own = text.replaceAll("%n", path.replaceAll("%", "%%")).replaceAll("%U", userMark).replaceAll("%G", groupMark);
  const script = call("status", follow, path, own);
  // busybox ends each answer with a newline, GNU's --printf with what the format ends with.
  return {
    script: gnu ? `{ o=$(${script})&&printf '%s${text.endsWith("\n") ? "\\n" : ""}' "$o";}` : script,
    named: "all",
  };
}

function readlinkOf(given: readonly string[]): string | undefined {
  const options = given.filter((word) => word.startsWith("-") && word !== "--").join("");
  const [path = "", ...more] = given.filter((word) => !word.startsWith("-"));
  if (!/^[-nf]*$/.test(options) || absolute(path) === undefined || more.length > 0) return undefined;
  const end = options.includes("n") ? '""' : `"$(printf '\\n.')"`;
  const verb = options.includes("f") ? "ends" : "link";
  // Command substitution drops newlines at the end, hence the dot, which is taken off again.
  return options.includes("n") ? `${call(verb, path)} ${end}` : `n=$(printf '\\n.');${call(verb, path)} "\${n%.}"`;
}

function lsOf(given: readonly string[]): string | undefined {
  const options = given.filter(isOption);
  const [path = "", ...more] = given.filter((word) => !isOption(word) && word !== "--");
  if (absolute(path) === undefined || more.length > 0 || !options.every((word) => /^-[1aAd]+$/.test(word)))
    return undefined;
  if (options.join("").includes("d")) return call("listed", path);
  return call("lists", path, ...options);
}

function catOf(given: readonly string[]): string | undefined {
  const paths = given[0] === "--" ? given.slice(1) : given;
  if (paths.length !== 1 || paths.some((path) => absolute(path) === undefined)) return undefined;
  return call("reads", "cat", "1", paths[0] ?? "");
}

/** One file only: with several the names stand before the lines, and with none it reads what is not there. */
function grepOf(given: readonly string[]): string | undefined {
  const parts = grepParts(given);
  const [path = "", ...more] = parts?.paths ?? [];
  if (parts === undefined || absolute(path) === undefined || more.length > 0) return undefined;
  return call("reads", "grep", "2", path, ...parts.words);
}

function findOf(given: readonly string[]): string | undefined {
  const find = readFind(given);
  if (find === undefined) return undefined;
  const { start, least, most, oneDevice, expression } = find;
  const depth = Number.isFinite(most) ? String(most) : "";
  return call("finder", start, String(least), depth, oneDevice ? "1" : "", expression.map(quote).join(" "));
}

function oneFile(program: string, given: readonly string[]): string | undefined {
  const path = given.at(-1) ?? "";
  const options = given.slice(0, -1);
  if (absolute(path) === undefined || !readsInputOnly(program, options)) return undefined;
  return call("reads", program, "1", path, ...options);
}
