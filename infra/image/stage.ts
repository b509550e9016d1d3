import { chmodSync, cpSync, lstatSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";

const repository = join(import.meta.dirname, "../..");

/** What an image is made of, all for one architecture. */
export interface Parts {
  /** Files of functions/executor, by their names. */
  readonly code: Readonly<Record<string, Uint8Array>>;
  /** Path of the Node binary. */
  readonly node: string;
  /** Folder with the compiled runtime client. */
  readonly runtime: string;
  /** Name of the auditor's distribution, and its gems as Bundler lays them out (`ruby/<version>/gems` and so on). */
  readonly auditor: string;
  readonly gems: string;
}

/** Of a gem's folder, what is only of use to those who build or test it. */
const notRun = new Set(["ext", "spec", "test", "doc", "docs", "sig", ".github", "CHANGELOG.md"]);

/** Lays out the context of functions/executor/Dockerfile: nothing else is in it, and nobody needs rights to read it. */
export function stageContext(context: string, parts: Parts): void {
  rmSync(context, { recursive: true, force: true });
  mkdirSync(join(context, "task/functions/executor"), { recursive: true });
  mkdirSync(join(context, "node"));
  const copy = (from: string, to: string, filter: (path: string) => boolean = () => true) =>
    cpSync(from, join(context, to), { recursive: true, dereference: true, filter });
  copy(join(repository, "functions/executor/Dockerfile"), "Dockerfile");
  copy(parts.node, "node/node");
  for (const version of readdirSync(join(parts.gems, "ruby"))) {
    for (const part of ["gems", "specifications", "extensions"]) {
      const from = join(parts.gems, "ruby", version, part);
      copy(from, `auditors/${parts.auditor}/ruby/${version}/${part}`, (path) => isRun(relative(from, path)));
    }
  }
  copy(parts.runtime, "runtime");
  copy(join(repository, "profiles"), "profiles");
  copy(join(repository, "LICENSE"), "task/LICENSE");
  for (const [name, bytes] of Object.entries(parts.code)) {
    writeFileSync(join(context, "task/functions/executor", name), bytes);
  }
  for (const path of filesBesideCode()) copy(join(repository, path), join("task", path));
  openToAll(context);
}

/** Files of layers/ that the code reads or starts where they lie: all that is not bundled, as scripts and the auditor's Ruby. */
function filesBesideCode(): readonly string[] {
  return readdirSync(join(repository, "layers"), { recursive: true, encoding: "utf8" })
    .filter((path) => /\.\w+$/.test(path) && !/\.ts$|install\.sh$|Gemfile|(^|\/)\.|\/schema\//.test(path))
    .map((path) => join("layers", path))
    .sort();
}

/** All files of a folder with their contents, in one order. */
export function contentOf(folder: string): readonly (readonly [string, Uint8Array])[] {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort()
    .map((path) => [relative(folder, path), readFileSync(path)] as const);
}

function isRun(path: string): boolean {
  const [, part = "", ...rest] = path.split("/");
  return !notRun.has(part) && !rest.at(-1)?.endsWith(".o") && !rest.includes(".git");
}

/** Whoever the image runs as reads everything and changes nothing; a builder's umask has no say. */
function openToAll(path: string): void {
  const stat = lstatSync(path);
  if (stat.isDirectory()) for (const name of readdirSync(path)) openToAll(join(path, name));
  if (!stat.isSymbolicLink()) chmodSync(path, stat.isDirectory() || stat.mode & 0o100 ? 0o755 : 0o644);
}
