import { spawnSync } from "node:child_process";
import { copyFileSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { compile } from "#reach/toolbox/read/compile.ts";

const library = readFileSync(new URL("../../../layers/reach/toolbox/read/library.sh", import.meta.url), "utf8");
const busybox = "/bin/busybox";
const separator = "\u0002";

const applets = new Set(spawnSync(busybox, ["--list"], { encoding: "latin1" }).stdout.split("\n"));

const quote = (word: string) => `'${word.replaceAll("'", `'\\''`)}'`;

function answersOf(argv: readonly string[], env: Record<string, string>): readonly string[] {
  const { stdout, stderr } = spawnSync(busybox, argv, { env, encoding: "latin1", maxBuffer: 64 * 1024 * 1024 });
  const answers = stdout.split(separator).slice(0, -1);
  if (answers.length === 0) throw new Error(`no answer: ${stderr}`);
  return answers;
}

/** What the library reads at each path below the folder: the content, or nothing. */
export function throughLibrary(root: string, paths: readonly string[]): readonly string[] {
  const questions = paths.map((path) => `(reads cat 1 ${quote(path)}) 2>/dev/null;printf '\\002'`);
  const env = { R: root, I: "/proc/self/mountinfo", Q: "1", T: "/bin" };
  // Many questions in one command: one that gets no answer is not to end the others.
  return answersOf(["sh", "-c", `${library}\ntrap : USR1\n${questions.join("\n")}`], env);
}

/** What the library makes of one command. `mounts` tells which mounts are the target's; with none, every look is led elsewhere. */
export function asksLibrary(root: string, command: string, mounts = "/proc/self/mountinfo") {
  const script = compile(command, (program) => applets.has(program))?.script;
  if (script === undefined) return undefined;
  const env = { R: root, I: mounts, Q: "1", T: "/bin" };
  const argv = ["sh", "-c", `${library}\n${script}`];
  const { stdout, stderr, status } = spawnSync(busybox, argv, { env, encoding: "latin1", maxBuffer: 64 * 1024 * 1024 });
  return { stdout, stderr, status };
}

/** What the kernel itself finds at each path, for a process whose root is the folder. Needs root. */
export function throughChroot(root: string, paths: readonly string[]): readonly string[] {
  copyFileSync(busybox, join(root, "busybox"));
  // Builtins only: applets start through /proc, which is not there. The files hold one line without an end.
  const questions = paths.map(
    (path) => `[ -f ${quote(path)} ]&&{ read -r l <${quote(path)};printf %s "$l";};printf '\\002'`,
  );
  return answersOf(["chroot", root, "/busybox", "sh", "-c", questions.join("\n")], {});
}
