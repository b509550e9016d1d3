import { NotUnderstood, type Piece, type Script, type Word } from "./syntax.ts";

/** Nested this deep, a text is not understood: it bounds the stack. */
const deepest = 40;

/** `$x`, `${x}`, `${#x}`, and defaults and trims that are plain text: never `:=`, `!x`, `@P`, substrings or arithmetic. */
const parameter =
  /\$(?:([A-Za-z_][A-Za-z0-9_]*|[0-9@*#?$!-])|\{(#?[A-Za-z_][A-Za-z0-9_]*|[0-9@*#?])(?:(?::?[-+]|%%?|##?)[A-Za-z0-9_./,:@ -]*)?\})/y;

const wordEnd = new Set([" ", "\t", "\n", ";", "&", "|", "<", ">", "(", ")", ""]);
const isPlain = (char: string) => char >= " " && char <= "~";

/**
 * Walks over a command's text and takes words from it, as dash, bash and busybox agree on them. Where they differ, or
 * could (`$'…'`, `{a,b}`, a line continued, a comment, bytes that a locale may join or call a blank), it is not
 * understood.
 */
export class Scanner {
  readonly text: string;
  readonly depth: number;
  /** Reads the commands of `$(…)` up to its `)`, or of a whole text. */
  readonly #script: (scanner: Scanner, end: ")" | "") => Script;
  at = 0;

  constructor(text: string, script: Scanner["script"], depth = 0) {
    if (depth > deepest) throw new NotUnderstood("nested too deep");
    this.text = text;
    this.#script = script;
    this.depth = depth;
  }

  get script() {
    return this.#script;
  }

  peek(ahead = 0): string {
    return this.text[this.at + ahead] ?? "";
  }

  /** Steps over `sign` if it stands here. */
  take(sign: string): boolean {
    if (!this.text.startsWith(sign, this.at)) return false;
    this.at += sign.length;
    return true;
  }

  /** Steps over what a sticky expression finds here. */
  match(expression: RegExp): RegExpExecArray | undefined {
    expression.lastIndex = this.at;
    const found = expression.exec(this.text);
    if (found === null) return undefined;
    this.at += found[0].length;
    return found;
  }

  blanks(): void {
    while (this.peek() === " " || this.peek() === "\t") this.at += 1;
  }

  blanksAndNewlines(): void {
    while (this.peek() === " " || this.peek() === "\t" || this.peek() === "\n") this.at += 1;
  }

  /** The bare word that stands here as a token of its own, if it is one of `words`. It is not stepped over. */
  reserved(words: ReadonlySet<string>): string | undefined {
    const start = this.at;
    const found = this.match(/[a-z]+|[{}!]/y)?.[0];
    const whole = found !== undefined && words.has(found) && wordEnd.has(this.peek());
    this.at = start;
    return whole ? found : undefined;
  }

  get atWordEnd(): boolean {
    return wordEnd.has(this.peek());
  }

  word(): Word {
    const start = this.at;
    const pieces: Piece[] = [];
    if (this.peek() === "#") throw new NotUnderstood("comment");
    while (!this.atWordEnd) this.#unquoted(pieces);
    const source = this.text.slice(start, this.at);
    if (/^[0-9]+$/.test(source) && /[<>]/.test(this.peek())) throw new NotUnderstood("descriptor");
    if (source === "") throw new NotUnderstood("a word was expected");
    if (source === "[" || source === "{}") return [{ kind: "text", text: source, quoted: false }];
    if (pieces.some((piece) => piece.kind === "text" && !piece.quoted && /[{}]/.test(piece.text))) {
      throw new NotUnderstood("brace expansion");
    }
    return pieces;
  }

  #unquoted(pieces: Piece[]): void {
    const char = this.peek();
    if (char === "'") {
      const end = this.text.indexOf("'", this.at + 1);
      if (end < 0) throw new NotUnderstood("open quote");
      pieces.push({ kind: "text", text: this.text.slice(this.at + 1, end), quoted: true });
      this.at = end + 1;
    } else if (char === '"') {
      this.at += 1;
      this.#doubleQuoted(pieces);
    } else if (char === "$") {
      const next = this.peek(1);
      if (next === "'" || next === '"') throw new NotUnderstood("dollar quote");
      this.#dollar(pieces, true);
    } else if (char === "`") {
      this.#backquoted(pieces, true);
    } else if (char === "\\") {
      if (!isPlain(this.peek(1))) throw new NotUnderstood("escaped line end or odd sign");
      pieces.push({ kind: "text", text: this.peek(1), quoted: true });
      this.at += 2;
    } else if (char === "*" || char === "?" || char === "[") {
      pieces.push({ kind: "glob", text: char });
      this.at += 1;
    } else {
      const run = this.match(/[A-Za-z0-9_./:@%+,\]^=~!#{}-]+/y)?.[0];
      if (run === undefined) throw new NotUnderstood("odd sign");
      pieces.push({ kind: "text", text: run, quoted: false });
    }
  }

  #doubleQuoted(pieces: Piece[]): void {
    pieces.push({ kind: "text", text: "", quoted: true });
    for (;;) {
      const run = this.match(/[\t\n !#%-[\]-_a-~]+/y)?.[0];
      if (run !== undefined) pieces.push({ kind: "text", text: run, quoted: true });
      const char = this.peek();
      if (char === '"') {
        this.at += 1;
        return;
      }
      if (char === "$") this.#dollar(pieces, false);
      else if (char === "`") this.#backquoted(pieces, false);
      else if (char === "\\") {
        const next = this.peek(1);
        if (!isPlain(next)) throw new NotUnderstood("escaped line end or odd sign");
        pieces.push({ kind: "text", text: /[$`"\\]/.test(next) ? next : `\\${next}`, quoted: true });
        this.at += 2;
      } else throw new NotUnderstood("open quote or odd sign");
    }
  }

  #dollar(pieces: Piece[], unquoted: boolean): void {
    if (this.peek(1) === "(") {
      if (this.peek(2) === "(") throw new NotUnderstood("arithmetic");
      this.at += 2;
      const inner = new Scanner(this.text, this.#script, this.depth + 1);
      inner.at = this.at;
      const body = this.#script(inner, ")");
      this.at = inner.at;
      if (!this.take(")")) throw new NotUnderstood("open substitution");
      pieces.push({ kind: "substitution", body, many: unquoted });
      return;
    }
    const found = this.match(parameter);
    const name = found?.[1] ?? found?.[2];
    if (name !== undefined) {
      const whole = found?.[0] === `$${name}` || found?.[0] === `\${${name}}`;
      pieces.push({ kind: "variable", name, many: unquoted || name === "@", whole });
      return;
    }
    if (this.peek(1) === "{" || this.peek(1) === "[") throw new NotUnderstood("expansion");
    pieces.push({ kind: "text", text: "$", quoted: true });
    this.at += 1;
  }

  /** Shells disagree on backslashes and double quotes inside backquotes, so those are not understood. */
  #backquoted(pieces: Piece[], unquoted: boolean): void {
    const end = this.text.indexOf("`", this.at + 1);
    if (end < 0) throw new NotUnderstood("open backquote");
    const source = this.text.slice(this.at + 1, end);
    if (source.includes("\\") || (!unquoted && source.includes('"'))) throw new NotUnderstood("backquote");
    const body = this.#script(new Scanner(source, this.#script, this.depth + 1), "");
    pieces.push({ kind: "substitution", body, many: unquoted });
    this.at = end + 1;
  }
}
