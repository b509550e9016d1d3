import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, mkdtemp, readFile, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { beforeAll, describe, expect, test } from "vitest";
import type { Shell } from "#contract/shell.ts";
import { localShell } from "#test/support/local-shell.ts";
import { fileScene, hex } from "./file-scene.ts";
import { controlsOf, statuses } from "./scene.ts";

const { audit, factsOf, folder, refusal } = fileScene();

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
