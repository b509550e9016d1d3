import { execFile } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { chmod, cp, lstat, mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import type { Shell } from "#contract/shell.ts";
import { localShell } from "#test/support/local-shell.ts";
import { controlsOf, profile, scene, statuses } from "./scene.ts";

const { audit, folder, refusal } = scene();
const run = promisify(execFile);
const plainScript = fileURLToPath(new URL("plain.rb", import.meta.url));

type Facts = Readonly<Record<string, unknown>>;

/** What the auditor sees of each path. */
async function factsOf(paths: readonly string[], shell: Shell): Promise<readonly Facts[]> {
  const controls = controlsOf(await audit("file-facts", { shell, inputs: { paths } }));
  return paths.map((_, index) => JSON.parse(controls.get(`file-${index}`)?.title ?? "null"));
}

const bytes = Buffer.from([0, 1, 255, 10, 0]);
const hex = (content: string | Uint8Array) => Buffer.from(content).toString("hex");

const wildNames = [
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
async function furnish(root: string): Promise<void> {
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
  await run("mkfifo", [at("pipe")]);
  for (const name of wildNames) await writeFile(at(name), `this is ${name}`);
}

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

describe("what cannot be seen without root", () => {
  const nobody = localShell({ uid: 65534, gid: 65534 });
  let root = "";
  beforeAll(async () => {
    root = await mkdtemp(join(folder(), "unseen-"));
    await chmod(root, 0o755);
    await chmod(folder(), 0o755);
    await mkdir(join(root, "locked"), { mode: 0o700 });
    await writeFile(join(root, "locked/there"), "{}");
    await symlink("locked/there", join(root, "link"));
  });

  test.each(["locked/there", "locked/absent", "locked/a/b", "link"])("%s is an error, and not absent", async (name) => {
    const audited = await audit("absent", { shell: nobody, inputs: { path: join(root, name) } });
    expect(statuses(audited, "absent")).toEqual(["failed"]);
    const [result] = controlsOf(audited).get("absent")?.results ?? [];
    expect(result?.message).toMatch(/Can't tell whether .* exists/);
    expect(statuses(audited, "absent-inside")).toEqual(["skipped"]);
  });

  test("what is truly absent passes", async () => {
    const audited = await audit("absent", { shell: nobody, inputs: { path: join(root, "absent") } });
    expect(statuses(audited, "absent")).toEqual(["passed"]);
  });
});

describe("content", () => {
  test("over the cap comes whole, with the hash that the target tells", async () => {
    const path = join(folder(), "big");
    const big = randomBytes(10_000_000);
    await writeFile(path, big);
    const [facts] = await factsOf([path], localShell());
    const sha256sum = createHash("sha256").update(big).digest("hex");
    expect(facts).toMatchObject({ size: big.length, sha256sum });
    expect(
      createHash("sha256")
        .update(Buffer.from(String(facts?.content), "hex"))
        .digest("hex"),
    ).toBe(sha256sum);
  });

  test.each([
    [1_000, undefined],
    [0, -1_000],
  ])("that came in part (%j) is an error, and not the file", async (...part) => {
    const path = join(folder(), "part");
    await writeFile(path, randomBytes(100_000));
    const inner = localShell();
    const cut: Shell = {
      ...inner,
      async run(command, options) {
        const completed = await inner.run(command, options);
        const isContent = Buffer.from(command).toString("latin1").endsWith("sha256sum\n");
        return isContent ? { ...completed, stdout: completed.stdout.subarray(...part) } : completed;
      },
    };
    const controls = controlsOf(await audit("words", { shell: cut, inputs: { path } }));
    expect(controls.get("words")?.results[0]?.message).toMatch(/changed while it was read, or came in part only/);
  });

  test("of a pseudo-file without a size is what the kernel says, over the cap too", async () => {
    const [type, symbols] = await factsOf(["/proc/sys/kernel/ostype", "/proc/kallsyms"], localShell());
    expect(type).toMatchObject({ size: 0, content: hex("Linux\n") });
    expect(symbols?.content).toBe(hex(await readFile("/proc/kallsyms")));
  });
});

test("a record that does not come is an error, and not an absent file", async () => {
  const inner = localShell();
  const mute: Shell = {
    ...inner,
    async run(command, options) {
      const completed = await inner.run(command, options);
      const isRecord = Buffer.from(command).toString("latin1").startsWith("p=");
      return isRecord ? { ...completed, stdout: new Uint8Array(), exitCode: 1 } : completed;
    },
  };
  const { code, message } = await refusal("absent", { shell: mute, inputs: { path: "/nowhere" } });
  expect([code, message]).toEqual(["auditor-crashed", expect.stringMatching(/did not say what there is at \/nowhere/)]);
});

test("a file costs one command, whatever is asked of it, and a link of it none more", async () => {
  const paths = ["/etc/passwd", "/usr/share", "/nowhere"];
  const asked: string[] = [];
  const inner = localShell();
  const shell: Shell = {
    ...inner,
    run(command, options) {
      asked.push(Buffer.from(command).toString("latin1"));
      return inner.run(command, options);
    },
  };
  await factsOf(paths, shell);
  for (const path of paths) {
    expect(asked.filter((text) => text.includes(path) && !text.startsWith("mount"))).toHaveLength(1);
  }
});

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
