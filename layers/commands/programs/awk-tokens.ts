export interface Token {
  readonly kind: "name" | "number" | "string" | "regexp" | "sign";
  readonly text: string;
}

const kinds = {
  name: /[A-Za-z_]\w*/y,
  number: /[0-9.]+/y,
  string: /"(?:[^"\\\n]|\\[^\n])*"/y,
  // a slash inside brackets ends the expression for some awks and not for others
  regexp: /\/(?:[^/\\[\n]|\\[^\n]|\[\^?(?:\[:[a-z]+:\]|[^[\]/\\\n])+\])*\//y,
  sign: /\|\||&&|[<>=!+*/%^-]=|>>|\+\+|--|[-{}();\n,$+*%^!~<>=[\]?:|@/]/y,
} as const;

/**
 * Takes an awk program apart; undefined when something is in it that awks may read in two ways: a comment, a continued
 * line, or a slash that might divide or begin an expression with more slashes to come.
 */
export function tokensOf(program: string): readonly Token[] | undefined {
  const tokens: Token[] = [];
  let operand = false;
  for (let at = 0; at < program.length; ) {
    const char = program[at] ?? "";
    if (char === " " || char === "\t") {
      at += 1;
      continue;
    }
    const kind = kindOf(char, operand);
    const expression = kinds[kind];
    expression.lastIndex = at;
    const text = expression.exec(program)?.[0];
    if (text === undefined) return undefined;
    at += text.length;
    if (kind === "sign" && text.startsWith("/") && program.includes("/", at)) return undefined;
    tokens.push({ kind, text });
    operand =
      kind === "name"
        ? !/^(?:print|printf|in|return|else|delete|exit)$/.test(text)
        : kind !== "sign" || /^(?:[)\]$]|\+\+|--)$/.test(text);
  }
  return tokens;
}

/** After an operand a slash divides; elsewhere it begins a regular expression. */
function kindOf(char: string, operand: boolean): Token["kind"] {
  if (/[A-Za-z_]/.test(char)) return "name";
  if (/[0-9.]/.test(char)) return "number";
  if (char === '"') return "string";
  return char === "/" && !operand ? "regexp" : "sign";
}
