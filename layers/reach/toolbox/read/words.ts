/** One simple command: its words, whether its words go nowhere, and a file that is its standard input. */
export interface Simple {
  readonly words: readonly string[];
  /** Redirections that change nothing but where words go, as they stood: `2>/dev/null`. */
  readonly redirections: readonly string[];
  readonly input: string | undefined;
}

/** What stands between simple commands. */
export type Operator = "&&" | "||" | ";" | "|";

export interface CommandLine {
  readonly first: Simple;
  readonly rest: readonly { readonly operator: Operator; readonly simple: Simple }[];
}

type Token = { readonly word: string } | { readonly operator: Operator } | { readonly redirection: string } | "input";

const pieces: readonly (readonly [RegExp, (match: RegExpExecArray) => Token])[] = [
  [/^(?:2>\s*\/dev\/null|>\s*\/dev\/null|1>\s*\/dev\/null|2>&1)(?=[\s;|&]|$)/, ([text]) => ({ redirection: text })],
  [/^<(?![<&])/, () => "input"],
  [/^(?:&&|\|\||[;|])/, ([text]) => ({ operator: text as Operator })], // the pattern lets nothing else through
  [/^(?:'[^']*'|"(?:[^"\\$`]|\\["\\$`])*"|\\[^\n]|[A-Za-z0-9_./:=@%+,^-])+/, ([text]) => ({ word: unquoted(text) })],
  // Alone these are the program `[`, its end and its `!`; elsewhere they would be patterns.
  [/^[[\]!](?=\s|$|[;|&])/, ([text]) => ({ word: text })],
];

/**
 * Reads a command of plain and quoted words, `&&`, `||`, `;`, `|`, and the few redirections that change nothing. Undefined
 * for whatever else a shell knows: what is not fully understood is never answered.
 */
export function readCommandLine(text: string): CommandLine | undefined {
  const tokens = tokensOf(text.trim());
  if (tokens === undefined) return undefined;
  const simples: Simple[] = [];
  const operators: Operator[] = [];
  let current: { words: string[]; redirections: string[]; input?: string } = { words: [], redirections: [] };
  let awaitsInput = false;
  const close = () => {
    simples.push({ input: undefined, ...current });
    current = { words: [], redirections: [] };
  };
  for (const token of tokens) {
    if (token === "input") awaitsInput = true;
    else if ("word" in token) {
      if (awaitsInput) current.input = token.word;
      else current.words.push(token.word);
      awaitsInput = false;
    } else if ("redirection" in token) current.redirections.push(token.redirection);
    else {
      operators.push(token.operator);
      close();
    }
  }
  close();
  const [first, ...others] = simples;
  if (first === undefined || awaitsInput || simples.some(({ words }) => words.length === 0)) return undefined;
  return { first, rest: others.map((simple, at) => ({ operator: operators[at] ?? ";", simple })) };
}

function tokensOf(text: string): Token[] | undefined {
  const tokens: Token[] = [];
  for (let rest = text; rest !== ""; ) {
    const hit = pieces.map(([pattern, make]) => [pattern.exec(rest), make] as const).find(([match]) => match !== null);
    const match = hit?.[0];
    if (hit === undefined || match === null || match === undefined) return undefined;
    const token = hit[1](match);
    tokens.push(token);
    const behind = rest.slice(match[0].length);
    rest = behind.replace(/^[ \t]+/, "");
    // A word goes on until a blank or an operator: what begins otherwise is a part of it that is not understood.
    if (typeof token === "object" && "word" in token && rest === behind && !/^([<>;|&]|$)/.test(rest)) return undefined;
  }
  return tokens;
}

/** A word as the shell hands it to a program: POSIX 2.2, Quoting, without what expands. */
function unquoted(text: string): string {
  return text.replaceAll(/'([^']*)'|"((?:[^"\\]|\\.)*)"|\\(.)/gs, (_, single, double, escaped) => {
    if (single !== undefined) return single;
    return double === undefined ? escaped : double.replaceAll(/\\(["\\$`])/g, "$1");
  });
}
