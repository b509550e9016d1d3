import { execFileSync } from "node:child_process";
import { cpSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { unpackProfile } from "#audit/archive.ts";
import { profileFrom } from "#cli/profile-source.ts";
import { openStore } from "#embedded/store.ts";
import { readContent } from "#ledger/registry.ts";
import { storeSigner } from "#signing/key-file.ts";
import { trusting } from "#signing/trust.ts";
import { expectOneClearMessage, runMuster } from "#test/support/run-muster.ts";
import { profile, scene, statuses } from "./scene.ts";

const { audit } = scene();
let folder: string;
let store: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "muster-"));
  store = join(folder, "store");
});
afterEach(() => rmSync(folder, { recursive: true }));

const add = (given: string) => runMuster(["profile", "add", given, "--store", store, "--json"]);
const registered = async () => JSON.parse((await runMuster(["profile", "list", "--store", store, "--json"])).stdout);

/** A profile with one control that passes; `depends` is a path. */
function write(name: string, depends?: string): string {
  const path = join(folder, name);
  mkdirSync(join(path, "controls"), { recursive: true });
  const list = depends === undefined ? "" : `depends:\n  - name: ${depends.split("/").at(-1)}\n    path: ${depends}\n`;
  writeFileSync(join(path, "inspec.yml"), `# ours\nname: ${name}\nversion: 1.0.0\n${list}`);
  const include = depends === undefined ? "" : `include_controls "${depends.split("/").at(-1)}"\n`;
  writeFileSync(
    join(path, "controls/own.rb"),
    `${include}control("${name}-1") { describe(1) { it { should eq 1 } } }\n`,
  );
  return path;
}

describe("muster profile add", () => {
  it("registers a folder that the auditor can load, signed by the store's key", async () => {
    const { code, stdout } = await add(profile("mixed"));
    expect(code).toBe(0);
    const { name, digest } = JSON.parse(stdout);
    expect(await registered()).toEqual({
      profiles: [{ name, digest, signature: "valid", keyId: (await storeSigner(store).publicKey()).keyId }],
    });
  });

  it("registers an archive under the digest of the folder that it was made of", async () => {
    const archive = join(folder, "mixed.tar.gz");
    execFileSync("tar", ["-czf", archive, "-C", profile("mixed"), "."]);
    const fromFolder = JSON.parse((await add(profile("mixed"))).stdout);
    expect(JSON.parse((await add(archive)).stdout)).toEqual(fromFolder);
  });

  it("registers an archive with the profile in its one folder", async () => {
    const archive = join(folder, "release.tgz");
    execFileSync("tar", ["-czf", archive, "-C", join(profile("mixed"), ".."), "mixed"]);
    expect((await profileFrom(archive)).bytes).toEqual((await profileFrom(profile("mixed"))).bytes);
  });

  it("takes in dependencies that lie beside the profile, and theirs", async () => {
    write("deep");
    write("base", "../deep");
    const { stdout } = await add(write("top", "../base"));
    const opened = await openStore(store);
    const verifier = trusting([storeSigner(store)]);
    const { name, digest } = JSON.parse(stdout);
    const bytes = await readContent(opened.published, verifier, "profiles", { name, digest });
    opened.close();
    for (const each of ["deep", "base", "top"]) rmSync(join(folder, each), { recursive: true });
    const audited = await audit("top", { profile: await unpackProfile(bytes, join(folder, "cache")) });
    for (const control of ["top-1", "base-1", "deep-1"]) expect(statuses(audited, control)).toEqual(["passed"]);
  });

  it("packs the same bytes wherever the profile lies", async () => {
    write("base");
    const first = await profileFrom(write("top", "../base"));
    const away = join(folder, "elsewhere");
    for (const each of ["base", "top"]) cpSync(join(folder, each), join(away, each), { recursive: true });
    expect((await profileFrom(join(away, "top"))).bytes).toEqual(first.bytes);
  });

  it.each([
    ["url-dependency", "is not vendored"],
    ["name-dependency", "is not vendored"],
    ["broken-syntax", "syntax error"],
  ])("refuses %s, and registers nothing", async (name, words) => {
    expectOneClearMessage(await add(profile(name)), "profile-invalid", words);
    expect(await registered()).toEqual({ profiles: [] });
  });

  it("refuses dependencies that lead in a circle", async () => {
    write("base", "../top");
    expectOneClearMessage(await add(write("top", "../base")), "profile-invalid", "leads back to");
  });

  it("refuses a file that is no archive", async () => {
    writeFileSync(join(folder, "x.tgz"), "no archive");
    expectOneClearMessage(await add(join(folder, "x.tgz")), "profile-invalid", "is not a tar.gz of a profile");
  });
});
