import type { CommandClass } from "./class.ts";
import { classOfText } from "./judge.ts";
import { NotUnderstood } from "./syntax.ts";

/** Longer than this, in UTF-16 units, a text is not looked into. */
const longest = 16_384;

/**
 * What may be done with a command, judged by its text alone: see CommandClass. A text that is not wholly understood, or
 * in which any program or option is not known to only look, is `unknown`. `known` are texts that only look at the file whose name
 * `$p` holds: one of them after `p='PATH';` is read-only. Never throws.
 */
export function classOf(command: string, { known = [] }: { readonly known?: readonly string[] } = {}): CommandClass {
  if (known.some((script) => isRecord(command, script))) return "read-only";
  if (command.length > longest) return "unknown";
  try {
    return classOfText(command);
  } catch (error) {
    if (error instanceof NotUnderstood) return "unknown";
    throw error;
  }
}

/** `p='PATH';` and the script, to the letter: in single quotes a path is data, whatever it holds. */
function isRecord(command: string, script: string): boolean {
  if (!command.endsWith(script)) return false;
  const head = command.slice(0, command.length - script.length);
  return head.length <= longest && /^p='(?:[^'\0]|'\\'')*';$/.test(head);
}
