import { execFile } from "node:child_process";
import { createHash } from "node:crypto";
import { chmod, cp, lstat, mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import type { Shell } from "#contract/shell.ts";
import { localShell } from "#test/support/local-shell.ts";
import { bytes, fileScene, furnish, hex, wildNames } from "./file-scene.ts";
import { controlsOf, profile } from "./scene.ts";

const { factsOf, folder } = fileScene();
const run = promisify(execFile);
const plainScript = fileURLToPath(new URL("plain.rb", import.meta.url));

const tame = [
  "plain",
  "empty",
  "folder",
  "setuid",
  "relative",
  "twice",
  "to-folder",
  "dangling",
  "loop-a",
  "missing",
  "missing/too",
];

const applets = ["test", "stat", "cat", "readlink", "uname", "sha256sum", "md5sum", "grep", "mount", "echo"];

/** A root that has a shell and these applets of busybox, and nothing else: not even /dev. */
async function busyboxRoot(): Promise<string> {
  const root = await mkdtemp(join(folder(), "root-"));
  await chmod(root, 0o755);
  for (const name of ["bin", "etc", "proc"]) await mkdir(join(root, name));
  await cp("/bin/busybox", join(root, "bin/busybox"));
  for (const name of ["sh", ...applets]) await symlink("busybox", join(root, "bin", name));
  await writeFile(join(root, "etc/passwd"), "root:x:0:0:root:/:/bin/sh\n");
  await writeFile(join(root, "etc/group"), "root:x:0:\n");
  await writeFile(join(root, "etc/debian_version"), "12.1\n");
  await furnish(root);
  return root;
}

describe("a GNU target", () => {
  let root = "";
  beforeAll(async () => {
    root = await mkdtemp(join(folder(), "gnu-"));
    await chmod(root, 0o755);
    await chmod(folder(), 0o755);
    await furnish(root);
  });

  test("gives what plain Train gives over SSH", async () => {
    const paths = tame.map((name) => join(root, "files", name));
    const seen = [...paths, "/etc/passwd", "/etc/shadow", "/usr", "/dev/null", "/proc/self/status", "/bin"];
    const report = join(folder(), "plain-files.json");
    const options = JSON.stringify({ remoteFiles: true, inputs: { paths: seen } });
    const env = { PATH: process.env.PATH, HOME: folder(), LANG: "C.UTF-8", TZ: "UTC" };
    await run("ruby", [plainScript, profile("file-facts"), report, options], { env });
    const plain = controlsOf({ hdf: await readFile(report) });
    const ours = await factsOf(seen, localShell());
    for (const [index, facts] of ours.entries()) {
      const expected = JSON.parse(plain.get(`file-${index}`)?.title ?? "null");
      if (seen[index] === "/proc/self/status") expect(facts.type).toBe(expected.type);
      else expect({ path: seen[index], facts }).toEqual({ path: seen[index], facts: expected });
    }
  });

  test("names that a shell would take apart are files like others", async () => {
    await expectWildNames(root, join(root, "files"), localShell());
  });

  test("what may not be read has no content, and its attributes stay", async () => {
    const [facts] = await factsOf([join(root, "files/secret")], localShell({ uid: 65534, gid: 65534 }));
    expect(facts).toMatchObject({
      "exist?": true,
      size: 18,
      mode: 0o600,
      owner: "root",
      content: null,
      sha256sum: null,
    });
  });
});

describe("a busybox target", () => {
  let root = "";
  let shell = localShell();
  beforeAll(async () => {
    root = await busyboxRoot();
    shell = localShell({ root });
  });

  test("gives the same answers as GNU", async () => {
    const gnu = await mkdtemp(join(folder(), "same-"));
    await furnish(gnu);
    const paths = [...tame, "pipe"];
    const [bare, full] = await Promise.all([
      factsOf(
        paths.map((name) => `/files/${name}`),
        shell,
      ),
      factsOf(
        paths.map((name) => join(gnu, "files", name)),
        localShell(),
      ),
    ]);
    const moved = full.map((facts) => JSON.parse(JSON.stringify(facts).replaceAll(gnu, "")));
    for (const [index, name] of paths.entries()) {
      const { mtime: _, ...got } = { ...bare[index] };
      const { mtime: __, ...expected } = { ...moved[index] };
      expect({ name, ...got }).toEqual({ name, ...expected });
    }
  });

  test("names that a shell would take apart are files like others", async () => {
    await expectWildNames(root, "/files", shell);
  });

  test("bytes of a file are what they are", async () => {
    const [facts] = await factsOf(["/files/bytes"], shell);
    expect(facts).toMatchObject({
      size: 5,
      content: hex(bytes),
      sha256sum: createHash("sha256").update(bytes).digest("hex"),
    });
  });
});

describe("a target without stat", () => {
  test("says what `test` can tell, and nothing else", async () => {
    const root = await mkdtemp(join(folder(), "no-stat-"));
    const bin = join(root, "bin");
    await furnish(root);
    await mkdir(bin);
    for (const name of ["sh", "test", "cat", "readlink", "uname", "sha256sum", "md5sum", "grep", "mount"]) {
      await symlink(`/bin/${name}`, join(bin, name));
    }
    const names = ["plain", "empty", "folder", "relative", "dangling", "missing", "pipe"];
    const paths = names.map((name) => join(root, "files", name));
    const [plain, empty, dir, link, dangling, missing, pipe] = await factsOf(paths, localShell({ path: bin }));
    const nothing = { mode: null, owner: null, group: null, uid: null, gid: null, size: null, mtime: null };
    expect(plain).toMatchObject({ ...nothing, "exist?": true, type: "file", content: hex("content\nof two lines\n") });
    expect(empty).toMatchObject({ ...nothing, "exist?": true, type: "file", content: "" });
    expect(dir).toMatchObject({ ...nothing, "exist?": true, type: "directory", content: null });
    expect(link).toMatchObject({ ...nothing, "symlink?": true, type: "file", link_path: join(root, "files/plain") });
    expect(dangling).toMatchObject({ ...nothing, "exist?": false, "symlink?": true });
    expect(missing).toMatchObject({ ...nothing, "exist?": false, type: null, content: null, sha256sum: null });
    expect(pipe).toMatchObject({ ...nothing, "exist?": true, type: "pipe", content: null, sha256sum: null });
  });
});

/** A folder with these programs under their names, for a PATH. */
async function folderOf(programs: Readonly<Record<string, string>>): Promise<string> {
  const bin = await mkdtemp(join(folder(), "bin-"));
  for (const [name, program] of Object.entries(programs)) await symlink(program, join(bin, name));
  return bin;
}

describe("a toybox target", () => {
  test("gives the same answers as GNU", async () => {
    const root = await mkdtemp(join(folder(), "toybox-"));
    await furnish(root);
    const names = applets.filter((name) => name !== "test").map((name) => [name, "/bin/toybox"]);
    const shell = localShell({ path: await folderOf({ ...Object.fromEntries(names), sh: "/bin/sh" }) });
    const paths = [...tame, "pipe"].map((name) => join(root, "files", name));
    expect(await factsOf(paths, shell)).toEqual(await factsOf(paths, localShell()));
  });
});

test("the record of a path is the same from every shell", async () => {
  const root = await mkdtemp(join(folder(), "shells-"));
  await furnish(root);
  const script = await readFile(new URL("../../layers/commands/file-record.sh", import.meta.url), "utf8");
  const shells = [["/bin/dash"], ["/bin/bash"], ["/bin/busybox", "sh"], ["/bin/mksh"]] as const;
  // Busybox brings its own `readlink`, which knows no end of a dangling link; the file class does not ask it.
  const told = tame.filter((name) => name !== "dangling");
  for (const name of [...told, ...wildNames, "pipe", "absent/deeper", "to-folder/..", "/dev/null"]) {
    const path = join(root, "files", name).replaceAll("'", `'\\''`);
    const records = await Promise.all(shells.map((shell) => recordFrom(shell, `p='${path}';${script}`)));
    expect([name, new Set(records)]).toEqual([name, new Set([records[0]])]);
  }
});

/** Exit code and standard output; labels aside, which only some `stat` know. */
async function recordFrom([file, ...args]: readonly [string, ...string[]], question: string): Promise<string> {
  const { code, stdout } = await run(file, [...args, "-c", question], { encoding: "latin1" }).then(
    ({ stdout }) => ({ code: 0, stdout }),
    (error: { code: number; stdout: string }) => error,
  );
  return `${code} ${stdout.replaceAll(/:[C?]$/gm, "")}`;
}

async function expectWildNames(root: string, seenAt: string, shell: Shell): Promise<void> {
  const facts = await factsOf(
    wildNames.map((name) => join(seenAt, name)),
    shell,
  );
  for (const [index, name] of wildNames.entries()) {
    const text = `this is ${name}`;
    const { size, mtimeMs } = await lstat(join(root, "files", name));
    expect(facts[index]).toMatchObject({
      "exist?": true,
      "file?": true,
      "symlink?": false,
      "mounted?": false,
      type: "file",
      owner: "root",
      uid: 0,
      size,
      mtime: Math.floor(mtimeMs / 1000),
      content: hex(text),
      sha256sum: createHash("sha256").update(text).digest("hex"),
      md5sum: createHash("md5").update(text).digest("hex"),
      path: join(seenAt, name),
      basename: name,
    });
  }
}
