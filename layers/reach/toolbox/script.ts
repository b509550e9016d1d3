import { readFileSync } from "node:fs";
import { busybox } from "./form.ts";

const script = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");
const find = script("find-target.sh");
const enter = find + script("enter.sh");
const prove = find + script("prove.sh");
const enterReading = find + script("read/enter.sh");
/** What the shell beside the target knows. Its last line says that it was the last: programs would read on into commands. */
export const library = `${script("read/library.sh").replaceAll(/^#.*\n/gm, "")}#end\n`;

/** `containerd://<id>` without its scheme: as the id stands in a cgroup's path. */
export const bareId = (containerId: string) => containerId.replace(/^[a-z0-9-]+:\/\//, "");

/**
 * Argv that finds the target's process by container id and becomes a shell in its root, with its ids, groups, environment
 * and working folder. gosu takes groups from account files, and only the toolbox's own may be written: so it goes first and
 * stays root, then comes chroot, and then the user, by nsenter, which leaves groups alone. The
 * shell is reached through descriptor 8, an open folder of the toolbox, so nothing of it lies in the target. Behind it `-c` and a command may stand. What goes wrong is told on stderr in the words of `refusal.ts`.
 */
export function enterArgv(containerId: string, workingDir = "-"): readonly string[] {
  return [busybox, "env", "-i", busybox, "sh", "-c", enter, "muster", bareId(containerId), workingDir];
}

/** The shell inside: what the loop runs each command with. */
export const insideShell = ["/proc/self/fd/8/busybox", "sh"] as const;

/** A question to the shell inside that `readProof` understands. */
export const proofQuestion = (containerId: string) => `set -- ${bareId(containerId)}\n${prove}`;

/**
 * Argv that finds the target's process and becomes a shell beside it, for the same user as the target, who may look into
 * its root and may not chroot. It takes the library from the beginning of its standard input: a URL has no room for it.
 */
export function readArgv(containerId: string): readonly string[] {
  return [busybox, "env", "-i", busybox, "sh", "-c", enterReading, "muster", bareId(containerId)];
}

/** The shell beside the target. */
export const besideShell = [busybox, "sh"] as const;
