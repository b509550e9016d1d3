import { Scanner } from "./scanner.ts";
import { type Assignment, type Command, NotUnderstood, type Pipeline, type Script, type Word } from "./syntax.ts";
import { literal, without } from "./words.ts";

const closers = new Set(["then", "else", "elif", "fi", "do", "done", "esac", "}", "in"]);
const openers = new Set(["if", "for", "while", "case", "{", "!"]);

/** Control signs, NUL and CR mean different things to different shells, wherever they stand. Tab and newline do not. */
// biome-ignore lint/suspicious/noControlCharactersInRegex: they are what it looks for
const controls = /[\0-\x08\x0b-\x1f\x7f]/;

/**
 * Reads a command's text in the part of the POSIX shell language (XCU 2.10) that is understood here: lists, pipelines,
 * `if`, `for … in`, `while`, `case`, groups, subshells, and redirections that write nowhere. Throws NotUnderstood.
 */
export function parse(text: string, depth = 0): Script {
  if (controls.test(text)) throw new NotUnderstood("control sign");
  return script(new Scanner(text, script, depth), "");
}

function script(scanner: Scanner, end: ")" | ""): Script {
  const list = listOf(scanner);
  if (scanner.peek() !== end) throw new NotUnderstood("text after the last command");
  if (list.length === 0) throw new NotUnderstood("no command");
  return list;
}

/** Pipelines up to something that ends a list: a reserved word, `)`, `;;` or the end of the text. */
function listOf(scanner: Scanner): Script {
  const list: Pipeline[] = [];
  for (let needed = false; ; ) {
    scanner.blanksAndNewlines();
    const over = scanner.peek() === "" || scanner.peek() === ")" || scanner.reserved(closers) !== undefined;
    if (over || scanner.text.startsWith(";;", scanner.at)) {
      if (needed) throw new NotUnderstood("a command was expected");
      return list;
    }
    list.push(pipeline(scanner));
    needed = scanner.take("&&") || scanner.take("||");
    if (needed || scanner.peek() === "\n") continue;
    if (scanner.text.startsWith(";;", scanner.at)) return list;
    if (!scanner.take(";")) {
      if (scanner.peek() === "" || scanner.peek() === ")") return list;
      throw new NotUnderstood("separator");
    }
  }
}

function pipeline(scanner: Scanner): Pipeline {
  if (scanner.reserved(openers) === "!") scanner.at += 1;
  const commands: Command[] = [];
  do {
    scanner.blanksAndNewlines();
    commands.push(command(scanner));
    scanner.blanks();
    // `||` ends the pipeline, `|&` is bash's own and leads to a command that begins with `&`
  } while (!scanner.text.startsWith("||", scanner.at) && scanner.take("|"));
  return commands;
}

function command(scanner: Scanner): Command {
  const opener = scanner.peek() === "(" ? "(" : scanner.reserved(openers);
  if (opener === undefined) return simple(scanner);
  scanner.at += opener.length;
  const inner = new Scanner(scanner.text, scanner.script, scanner.depth + 1);
  inner.at = scanner.at;
  const compound = compounds[opener];
  if (compound === undefined) throw new NotUnderstood("reserved word");
  const built = compound(inner);
  scanner.at = inner.at;
  return { ...built, inputs: redirections(scanner) };
}

type WithoutInputs<T> = T extends unknown ? Omit<T, "inputs"> : never;

const compounds: Readonly<Record<string, (scanner: Scanner) => WithoutInputs<Exclude<Command, { kind: "simple" }>>>> = {
  "(": (scanner) => {
    if (scanner.peek() === "(") throw new NotUnderstood("arithmetic");
    const body = full(scanner);
    if (!scanner.take(")")) throw new NotUnderstood("open subshell");
    return { kind: "parts", words: [], parts: [body] };
  },
  "{": (scanner) => {
    const body = full(scanner);
    expectWord(scanner, "}");
    return { kind: "parts", words: [], parts: [body] };
  },
  if: (scanner) => {
    const parts = [full(scanner)];
    expectWord(scanner, "then");
    for (;;) {
      parts.push(full(scanner));
      const next = scanner.reserved(closers) ?? "";
      expectWord(scanner, next);
      if (next === "fi") return { kind: "parts", words: [], parts };
      if (next === "elif") {
        parts.push(full(scanner));
        expectWord(scanner, "then");
      } else if (next !== "else") throw new NotUnderstood("if");
    }
  },
  while: (scanner) => {
    const condition = full(scanner);
    return { kind: "while", condition, body: loopBody(scanner) };
  },
  for: (scanner) => {
    scanner.blanks();
    const name = scanner.match(/[a-z_][a-z0-9_]*(?=[ \t\n])/y)?.[0];
    if (name === undefined) throw new NotUnderstood("loop variable");
    scanner.blanksAndNewlines();
    expectWord(scanner, "in");
    const words: Word[] = [];
    for (scanner.blanks(); !scanner.atWordEnd; scanner.blanks()) words.push(scanner.word());
    if (!scanner.take(";") && scanner.peek() !== "\n") throw new NotUnderstood("for");
    scanner.blanksAndNewlines();
    return { kind: "for", name, words, body: loopBody(scanner) };
  },
  case: (scanner) => {
    scanner.blanks();
    const words = [scanner.word()];
    const parts: Script[] = [];
    scanner.blanksAndNewlines();
    expectWord(scanner, "in");
    for (;;) {
      scanner.blanksAndNewlines();
      if (scanner.reserved(closers) === "esac") break;
      scanner.take("(");
      do {
        scanner.blanks();
        words.push(scanner.word());
        scanner.blanks();
      } while (scanner.take("|"));
      if (!scanner.take(")")) throw new NotUnderstood("case");
      parts.push(listOf(scanner));
      if (!scanner.take(";;")) break;
    }
    expectWord(scanner, "esac");
    return { kind: "parts", words, parts };
  },
};

function full(scanner: Scanner): Script {
  const list = listOf(scanner);
  if (list.length === 0) throw new NotUnderstood("no command");
  return list;
}

function expectWord(scanner: Scanner, word: string): void {
  if (word === "" || scanner.reserved(closers) !== word) throw new NotUnderstood(`${word} was expected`);
  scanner.at += word.length;
}

function loopBody(scanner: Scanner): Script {
  expectWord(scanner, "do");
  const body = full(scanner);
  expectWord(scanner, "done");
  return body;
}

function simple(scanner: Scanner): Command {
  const assignments: Assignment[] = [];
  const words: Word[] = [];
  const inputs: Word[] = [];
  for (;;) {
    inputs.push(...redirections(scanner));
    if (scanner.atWordEnd) break;
    const word = scanner.word();
    const assignment = words.length === 0 ? assignmentOf(word) : undefined;
    if (assignment === undefined) words.push(word);
    else assignments.push(assignment);
  }
  if (scanner.peek() === "(" || assignments.length + words.length === 0) throw new NotUnderstood("no plain command");
  return { kind: "simple", assignments, words, inputs };
}

function assignmentOf(word: Word): Assignment | undefined {
  const first = word[0];
  if (first?.kind !== "text" || first.quoted) return undefined;
  const name = /^([A-Za-z_][A-Za-z0-9_]*)=/.exec(first.text)?.[1];
  return name === undefined ? undefined : { name, value: without(word, name.length + 1) };
}

/** Steps over redirections that stand here and gives the files they read. One digit at most: dash knows no more. */
function redirections(scanner: Scanner): Word[] {
  const inputs: Word[] = [];
  for (;;) {
    scanner.blanks();
    // a digit belongs to the sign only when it is a word of its own
    const found = scanner.match(/(?:[12]?>>?[ \t]*\/dev\/null|[12]?>&[ \t]*[12])(?=[ \t\n;&|()]|$)/y);
    if (found !== undefined) continue;
    if (!scanner.match(/0?<(?![<>&(])/y)) {
      if (/[0-9]*[<>]/y.test(scanner.text.slice(scanner.at, scanner.at + 3))) throw new NotUnderstood("redirection");
      return inputs;
    }
    scanner.blanks();
    const word = scanner.word();
    if (literal(word) === undefined) throw new NotUnderstood("redirection from a name made at run time");
    inputs.push(word);
  }
}
