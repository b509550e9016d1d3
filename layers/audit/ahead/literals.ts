import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { remembered } from "#commands/remembered.ts";

/** What a literal may be enclosed in, by its first character: quotes, `%q(…)` and its kin, or the lines of a here-document. */
const closing: Readonly<Record<string, string>> = {
  ...{ "'": "'", '"': '"', "(": ")", "{": "}", "[": "]", "|": "|", "!": "!", "\n": "\n" },
};

/**
 * Tells whether a command's whole text stands as one literal in the Ruby files of an unpacked profile, its dependencies
 * included. A text with other escapes in the source than \\" is not found, and so is not sent ahead: that costs time,
 * nothing else.
 */
export async function literalsOf(profile: string): Promise<(text: string) => boolean> {
  const sources = await sourcesOf(profile);
  const found = (text: string) => text.length > 1 && sources.some((source) => stands(text, source));
  return remembered((text) => found(text) || found(unwrapped(text)));
}

/** The script that InSpec's `bash` resource wraps: `bash -c` and the script with a backslash before what is special. */
function unwrapped(text: string): string {
  const [, escaped = ""] = /^(?:\/[\w./-]+\/)?(?:ba|da|)sh -c ((?:[^\s'"\\;|&()<>`$]|\\.|'\n')+)$/s.exec(text) ?? [];
  return escaped.replaceAll(/'\n'|\\(.)/gs, (whole, character: string | undefined) => character ?? whole.slice(1, -1));
}

async function sourcesOf(profile: string): Promise<readonly string[]> {
  const entries = await readdir(profile, { recursive: true, withFileTypes: true }).catch(() => []);
  const files = entries.filter((entry) => entry.isFile() && entry.name.endsWith(".rb"));
  const read = files.map((file) => readFile(join(file.parentPath, file.name), "utf8").catch(() => ""));
  const sources = await Promise.all(read);
  // A double quote inside double quotes is the one escape that commands really have.
  return [
    ...sources,
    ...sources.filter((source) => source.includes('\\"')).map((source) => source.replaceAll('\\"', '"')),
  ];
}

function stands(text: string, source: string): boolean {
  for (let at = source.indexOf(text); at >= 0; at = source.indexOf(text, at + 1)) {
    const close = closing[source[at - 1] ?? ""];
    if (close !== undefined && source[at + text.length] === close) return true;
    // A here-document's text ends with its last line's newline.
    if (close === "\n" && text.endsWith("\n")) return true;
  }
  return text.includes("\n") && standsIndented(text, source);
}

/** The text as the lines of a `<<~` here-document, all indented alike. */
function standsIndented(text: string, source: string): boolean {
  const lines = text.replace(/\n$/, "").split("\n");
  const [head = ""] = lines;
  if (head === "") return false;
  if (!source.includes(head)) return false;
  const all = source.split("\n");
  return all.some((line, at) => {
    if (!line.endsWith(head) || line.slice(0, line.length - head.length).trim() !== "") return false;
    const indent = line.slice(0, line.length - head.length);
    return lines.every((each, index) => all[at + index] === (each === "" ? "" : indent + each));
  });
}
