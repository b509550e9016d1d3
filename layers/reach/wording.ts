import type { ExecEnd } from "#cluster/exec/exit.ts";

/** What a runtime's words about a refused exec mean. */
export type Meaning = "absent" | "not-executable" | "blocked" | "not-running" | "unknown";

/**
 * Runtimes agree on no code for "there is no such executable", so their words have to do: containerd and runc put them
 * into the status, CRI-O on stderr with exit code 255 (runc) or 1 (crun), dockershim on stdout with 126.
 * Order matters: a policy's refusal also says "permission denied".
 */
const table: readonly (readonly [RegExp, Meaning])[] = [
  [
    /CONTAINER_(EXITED|CREATED|UNKNOWN)|container not found|container .{0,80}is not running|not created or running|cannot exec in a stopped/i,
    "not-running",
  ],
  [/task [0-9a-f]{12,64} not found|no running task/i, "not-running"],
  [/apparmor|selinux|attr\/(\S+\/)?exec|security context|write .{0,40}attr\/exec/i, "blocked"],
  [
    /executable file (`[^`]*` |"[^"]*" |'[^']*' )?not found|no such file or directory|cannot find the file specified/i,
    "absent",
  ],
  [/exec format error|is not executable|not a regular file|is a directory|permission denied/i, "not-executable"],
];

/** Reads the words of an exec that never greeted. Only the first exec of a way is judged so, never a command's output. */
export function meaningOf(how: ExecEnd, words: string): Meaning {
  // A process that left words and exit code 0 did run: whatever it said, it was no runtime's refusal.
  if (how.kind === "exited" && how.exitCode === 0) return "unknown";
  const said = how.kind === "refused" ? `${how.message}\n${words}` : words;
  return table.find(([pattern]) => pattern.test(said))?.[1] ?? "unknown";
}

/** Whether a refusal is in the words of Windows' Host Compute Service. They say that nothing for Linux is to be tried. */
export function isOfWindows(how: ExecEnd): boolean {
  return how.kind === "refused" && /\bhcs(?:shim)?::|HCS_E_/i.test(how.message);
}
