import { quote } from "../quoting.ts";

/** `command('x').exist?` as InSpec asks it, alone in its command: of GNU systems with `type`, of Alpine with `which`. */
const existence =
  /^\s*(?:sh -c '(?:type|command -v) "([^"'$`\\]+)"'|(?:type|which|command -v) "?([^"'$`\\\s;&|<>]+)"?)\s*$/;

/** The name of the program that a command asks after, when that is all that it asks. */
export function programAskedFor(command: string): string | undefined {
  const match = existence.exec(command);
  return match?.[1] ?? match?.[2];
}

/**
 * The same question of the target's own search path: a shell inside the toolbox would find its builtins and applets, which
 * the target does not have. The answers are those of a shell: `x is /usr/bin/x`, or 127.
 */
export function searchOf(name: string, verbose: boolean): string {
  const say = verbose ? `printf '%s is %s\\n' "$n" "$d/$n"` : `printf '%s\\n' "$d/$n"`;
  const found = `[ -f "$d/$n" ]&&[ -x "$d/$n" ]&&{ ${say};exit 0;}`;
  if (name.includes("/"))
    return `n=${quote(name)};[ -f "$n" ]&&[ -x "$n" ]&&{ printf '%s is %s\\n' "$n" "$n";exit 0;};exit 127`;
  return `n=${quote(name)};IFS=:;set -f;for d in $PATH;do ${found};done;printf '%s: not found\\n' "$n" >&2;exit 127`;
}

/** Lists the paths of all programs in the target's own search path. */
export const ownPrograms = `IFS=:;for d in $PATH;do for f in "$d"/*;do [ -f "$f" ]&&[ -x "$f" ]&&printf '%s\\n' "$f";done;done;exit 0`;
