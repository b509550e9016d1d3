import { execFile } from "node:child_process";
import { existsSync, globSync } from "node:fs";
import { mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import type { Shell } from "#contract/shell.ts";
import { localShell } from "#test/support/local-shell.ts";
import { comparable } from "./comparable.ts";
import { busyboxTree, put } from "./container-baseline/tree.ts";
import { hardened } from "./container-baseline/weak-and-hardened.ts";
import { scene } from "./scene.ts";

const { audit, folder } = scene();
const run = promisify(execFile);
const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));

describe("what reaches into InSpec", () => {
  test.each([
    ["known_words", "KnownWords", "[]"],
    ["report_index", "ReportIndex", ""],
    ["source_text", "SourceText", ""],
  ])("%s switches itself off, with a warning, on a version it was not made for", async (file, name, args) => {
    const script = `module Inspec; VERSION = "5.99.0"; end; require ARGV[0]; print Muster::${name}.install(${args})`;
    const { stdout, stderr } = await run("ruby", ["-e", script, at(`../../layers/auditor/${file}.rb`)]);
    expect(stdout).toBe("false");
    expect(stderr).toContain(`${file}.rb is made for inspec-core 5.24.24; 5.99.0 runs without it`);
  });
});

test("the text of a control is what InSpec finds, from whatever line of a profile", async () => {
  const files = globSync(["auditor/profiles/*/controls/*.rb", "fixtures/profiles/*/**/*.rb"], { cwd: at("..") });
  files.push(...globSync("../profiles/*/**/*.rb", { cwd: at("..") }));
  const { stdout } = await run("ruby", [at("every-line.rb"), ...files.map((file) => join(at(".."), file))]);
  const { seen, found, differs } = JSON.parse(stdout);
  expect(differs).toBeNull();
  expect(found).toBeGreaterThan(seen / 20);
});

/** A shell that keeps what it answered, as plain-forked.rb reads it. */
function keeping(inner: Shell) {
  const answers: (string | number)[][] = [];
  const base64 = (bytes: string | Uint8Array) => Buffer.from(bytes as Uint8Array).toString("base64"); // takes both
  const shell: Shell = {
    ...inner,
    async run(command, options) {
      const completed = await inner.run(command, options);
      answers.push([base64(command), base64(completed.stdout), base64(completed.stderr), completed.exitCode]);
      return completed;
    },
  };
  return { shell, answers };
}

describe("a large profile's report is the same with the savings as without, from the same answers", () => {
  let root = "";
  beforeAll(async () => {
    root = await mkdtemp(join(folder(), "tree-"));
    busyboxTree(root);
    put(root, hardened);
  });

  const measured = ["wide", "deep"].map((name) => at(`../fixtures/profiles/${name}`)).filter(existsSync);
  test.each([at("../../profiles/container-baseline"), ...measured])("%s", async (profile) => {
    const { shell, answers } = keeping(localShell({ root }));
    const { hdf, exitCode } = await audit("", { profile, shell });
    const [kept, report] = [join(folder(), "answers.json"), join(folder(), "report.json")];
    await writeFile(kept, JSON.stringify(answers));
    const { stdout } = await run("ruby", [at("plain-forked.rb"), profile, kept, "1", report]);
    expect(JSON.parse(stdout).exitCode).toBe(exitCode);
    expect(comparable(Buffer.from(hdf).toString("utf8"))).toBe(comparable(await readFile(report, "utf8")));
  });
});
