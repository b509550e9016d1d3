import { visible } from "./visible.ts";

/** HTML that `html` made. Nothing else can be put into a page without being escaped. */
export class Markup {
  readonly #text: string;

  private constructor(text: string) {
    this.#text = text;
  }

  toString(): string {
    return this.#text;
  }

  /** Takes text as it is: only for what is written in this folder, such as the style sheet. */
  static trusted(text: string): Markup {
    return new Markup(text);
  }
}

export type Part = string | number | Markup | false | undefined | readonly Part[];

/** A template whose literal text is HTML and whose values are not: they are escaped, in text and quoted attributes alike. */
export function html(literals: TemplateStringsArray, ...parts: readonly Part[]): Markup {
  const text = literals.map((literal, index) => literal + render(parts[index]));
  return Markup.trusted(text.join(""));
}

function render(part: Part): string {
  if (part === undefined || part === false) return "";
  if (part instanceof Markup) return part.toString();
  if (typeof part === "object") return part.map(render).join("");
  return escapeText(String(part));
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "'": "&#39;",
  "`": "&#96;",
};

/** Any text as HTML text or as the value of a quoted attribute, with what could hide or turn it made visible. */
function escapeText(text: string): string {
  return visible(text).replaceAll(/[&<>"'`]/g, (character) => entities[character] ?? "");
}
