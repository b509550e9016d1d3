/** What stands out in a shell text, without understanding it. */
export interface Sight {
  /** Words where a command's name stands, without their folders; `$` for one that is made of something else. */
  readonly commands: readonly string[];
  /** Functions that the text defines. */
  readonly functions: ReadonlySet<string>;
  /** Output goes into a file, or a command runs on in the background. */
  readonly writes: boolean;
}

const operator = /\s*(;;|&&|\|\||[;|&()\n])/y;
const redirection = /[ \t]*(\d*)(>>?\||>>|>&|>|<<-?|<&|<>|<)[ \t]*/y;
const blank = /[ \t]+|\\\n/y;
/** One part of a word: a quoted string, a variable, a substitution's opening, or plain characters. */
const part =
  /'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|(`)|(\$\((?!\())|(\$\(\([^()]*\)\)|\$\{[^}]*\}|\$[\w?$#@*!-])|([^\s;|&()<>'"\\`$]+|\$)/y;
const openers = new Set("if then elif else while until do { ! time".split(" "));
/** Programs that run the program which their arguments name. */
const runners = new Set(
  "xargs env exec command nice timeout nohup sudo doas setsid stdbuf busybox toybox -exec -execdir -ok -okdir".split(
    " ",
  ),
);
const shells = new Set(["sh", "bash", "dash", "ash", "ksh", "busybox"]);

interface Word {
  readonly text: string;
  readonly plain: boolean;
}

/** Reads a text by sight: where commands stand, and whether output goes into files. Scripts in `-c '…'` are read too. */
export function sightOf(text: string): Sight {
  const commands: string[] = [];
  const functions = new Set<string>();
  const nested: string[] = [];
  let writes = false;
  let at = 0;
  let expecting = true;
  let pattern = false;
  let shell = false;
  let previous = "";
  const take = (pattern_: RegExp): RegExpExecArray | undefined => {
    pattern_.lastIndex = at;
    const match = pattern_.exec(text);
    if (match !== null) at += match[0].length;
    return match ?? undefined;
  };
  const word = (): Word | undefined => {
    let whole = "";
    let plain = true;
    let some = false;
    for (let match = take(part); match !== undefined; match = take(part)) {
      const [, single, double, escaped, tick, substitution, variable, bare] = match;
      some = true;
      if (tick !== undefined || substitution !== undefined) {
        plain = false;
        const end = closing(text, at, tick === undefined ? ")" : "`");
        nested.push(text.slice(at, end));
        at = end + 1;
      } else if (double !== undefined) {
        if (/[$`]/.test(double)) plain = false;
        for (const [, inner = ""] of double.matchAll(/\$\(([^()]*)\)|`([^`]*)`/g)) nested.push(inner);
        whole += double;
      } else {
        if (variable !== undefined) plain = false;
        whole += single ?? escaped ?? variable ?? bare ?? "";
      }
    }
    return some ? { text: whole, plain } : undefined;
  };
  while (at < text.length) {
    if (take(blank) !== undefined) continue;
    if (text[at] === "#" && /[\s;|&()]|^/.test(text[at - 1] ?? "\n")) {
      at = text.indexOf("\n", at);
      if (at < 0) break;
      continue;
    }
    const into = take(redirection);
    if (into !== undefined) {
      const target = word();
      const sign = into[2] ?? "";
      if (sign.startsWith(">") || sign === "<>") {
        const aside = target?.text === "/dev/null" || (sign === ">&" && /^[\d-]*$/.test(target?.text ?? ""));
        if (!aside || target?.plain === false) writes = true;
      }
      continue;
    }
    const sign = take(operator)?.[1];
    if (sign !== undefined) {
      if (sign === "&") writes = true;
      if (sign === "(" && !expecting && previous !== "" && text[at] === ")") functions.add(previous);
      if (sign === ";;") pattern = true;
      else if (sign === ")" && pattern) pattern = false;
      expecting = !pattern;
      previous = "";
      continue;
    }
    const found = word();
    if (found === undefined) {
      at += 1;
      continue;
    }
    if (pattern && found.text !== "esac") continue;
    pattern = false;
    if (shell && previous === "-c") nested.push(found.text);
    if (expecting && /^\w+=/.test(found.text)) continue;
    if (expecting && previous !== "" && /^-|^\d+[smh]?$/.test(found.text)) continue; // a runner's own options
    const bare = found.text === "${BASH:-sh}" ? "sh" : found.plain ? found.text : "$";
    const name = bare.slice(bare.lastIndexOf("/") + 1);
    if (found.text === "in" && previous.startsWith("case ")) pattern = true;
    if (expecting) {
      commands.push(name);
      shell = shells.has(name);
    }
    const opens = expecting && openers.has(found.text);
    const runs = runners.has(found.text) && (expecting || found.text.startsWith("-"));
    previous =
      expecting && found.text === "case" ? "case " : previous.startsWith("case ") && !pattern ? previous : found.text;
    expecting = opens || runs;
    if (opens) previous = "";
  }
  const inner = nested.map(sightOf);
  return {
    commands: [...commands, ...inner.flatMap((each) => each.commands)],
    functions: new Set([functions, ...inner.map((each) => each.functions)].flatMap((each) => [...each])),
    writes: writes || inner.some((each) => each.writes),
  };
}

/** Where a substitution ends, quotes and nesting minded. */
function closing(text: string, from: number, end: ")" | "`"): number {
  let depth = 0;
  for (let at = from; at < text.length; at += 1) {
    const sign = text[at];
    if (sign === "\\") at += 1;
    else if (sign === "'") at = Math.max(at, text.indexOf("'", at + 1));
    else if (sign === "(" && end === ")") depth += 1;
    else if (sign === end) {
      if (depth === 0) return at;
      depth -= 1;
    }
  }
  return text.length;
}
