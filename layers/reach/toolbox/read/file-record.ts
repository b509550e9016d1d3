import { readFileSync } from "node:fs";

const script = (name: string) => readFileSync(new URL(`../../../commands/${name}`, import.meta.url), "latin1");
const known = { record: script("file-record.sh"), content: script("file-content.sh") } as const;

/**
 * The auditor's question about one path: `p='<path>';` and a script that is always the same. Gives which of the two it is,
 * and the path; undefined for every other command.
 */
export function fileQuestion(
  command: string,
): { readonly kind: keyof typeof known; readonly path: string } | undefined {
  const match = /^p='((?:[^']|'\\'')*)';/.exec(command);
  if (match === null) return undefined;
  const rest = command.slice(match[0].length);
  const kind = rest === known.record ? "record" : rest === known.content ? "content" : undefined;
  return kind && { kind, path: (match[1] ?? "").replaceAll(`'\\''`, "'") };
}
