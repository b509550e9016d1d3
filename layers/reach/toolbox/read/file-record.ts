import { fileContent, fileRecord } from "#commands/file-record.ts";

/**
 * The auditor's question about one path: `p='<path>';` and a script that is always the same. Gives which of the two it is,
 * and the path; undefined for every other command.
 */
export function fileQuestion(
  command: string,
): { readonly kind: "record" | "content"; readonly path: string } | undefined {
  const match = /^p='((?:[^']|'\\'')*)';/.exec(command);
  if (match === null) return undefined;
  const rest = command.slice(match[0].length);
  const kind = rest === fileRecord ? "record" : rest === fileContent ? "content" : undefined;
  return kind && { kind, path: (match[1] ?? "").replaceAll(`'\\''`, "'") };
}
