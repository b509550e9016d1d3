import { execFile } from "node:child_process";
import { chmod, mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { Shell } from "#contract/shell.ts";
import { controlsOf, scene } from "./scene.ts";

type Facts = Readonly<Record<string, unknown>>;

/** A scene that can ask for files. */
export function fileScene() {
  const own = scene();
  /** What the auditor sees of each path. */
  async function factsOf(paths: readonly string[], shell: Shell): Promise<readonly Facts[]> {
    const controls = controlsOf(await own.audit("file-facts", { shell, inputs: { paths } }));
    return paths.map((_, index) => JSON.parse(controls.get(`file-${index}`)?.title ?? "null"));
  }
  return { ...own, factsOf };
}

export const hex = (content: string | Uint8Array) => Buffer.from(content).toString("hex");

export const bytes = Buffer.from([0, 1, 255, 10, 0]);

export const wildNames = [
  "with space",
  "it's",
  'say "so"',
  "new\nline",
  "-dash",
  "$HOME",
  "`id`",
  "back\\slash",
  "a*b",
  "grüße",
  "; exit",
];

/** The same files in any root: regular, empty, folder, links, setuid, unreadable, and names that a shell would love. */
export async function furnish(root: string): Promise<void> {
  const at = (name: string) => join(root, "files", name);
  await mkdir(at("folder"), { recursive: true });
  await chmod(at("folder"), 0o1777);
  await writeFile(at("plain"), "content\nof two lines\n", { mode: 0o640 });
  await writeFile(at("empty"), "");
  await writeFile(at("bytes"), bytes);
  await writeFile(at("setuid"), "#!/bin/sh\n");
  await chmod(at("setuid"), 0o4755);
  await writeFile(at("secret"), "nobody reads this\n");
  await chmod(at("secret"), 0o600);
  await symlink("plain", at("relative"));
  await symlink("/files/plain", at("absolute"));
  await symlink("relative", at("twice"));
  await symlink("folder", at("to-folder"));
  await symlink("nowhere", at("dangling"));
  await symlink("loop-b", at("loop-a"));
  await symlink("loop-a", at("loop-b"));
  await promisify(execFile)("mkfifo", [at("pipe")]);
  for (const name of wildNames) await writeFile(at(name), `this is ${name}`);
}
