import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ScanError } from "#contract/errors.ts";
import type { Shell } from "#contract/shell.ts";
import { localShell } from "#test/support/local-shell.ts";
import { controlsOf, scene, statuses } from "./scene.ts";

const { audit } = scene();
let folder = "";
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "not-asked-"));
  await mkdir(join(folder, "controls"));
  await writeFile(join(folder, "inspec.yml"), "name: not-asked\nversion: 1.0.0\n");
  await writeFile(
    join(folder, "controls/one.rb"),
    `
    control("asked") { describe(file("/etc/passwd")) { it { should exist } } }
    control("while-run") { describe(command("unheard-of")) { its("stdout") { should eq "" } } }
    control("while-loaded") { describe(command("unheard-of").stdout) { it { should eq "" } } }
    control("negated") { describe(command("unheard-of")) { its("exit_status") { should_not eq 0 } } }
    control("both") do
      describe(file("/etc/passwd")) { it { should exist } }
      describe(command("unheard-of").exit_status) { it { should eq 0 } }
    end
    control("link") { describe(file("/out-of-sight")) { its("shallow_link_path") { should eq "/etc" } } }
    control("resource") { describe(processes("sh")) { it { should exist } } }
    `,
  );
});
afterAll(() => rm(folder, { recursive: true, force: true }));

test("a question that cannot be asked in the target skips its checks, whenever it comes up, and is never a verdict", async () => {
  const real = localShell();
  const asked: string[] = [];
  const shell: Shell = {
    ...real,
    run: async (command, options) => {
      const text = Buffer.from(command).toString();
      asked.push(text);
      if (/unheard-of|ps |out-of-sight/.test(text))
        throw new ScanError("no-shell", `no shell in the target for: ${text}`);
      return real.run(command, options);
    },
  };
  const audited = await audit("who", { profile: folder, shell });
  expect(statuses(audited, "asked")).toEqual(["passed"]);
  for (const control of ["while-run", "while-loaded", "negated", "link", "resource"]) {
    expect([control, statuses(audited, control)]).toEqual([control, ["skipped"]]);
  }
  expect(statuses(audited, "both")).toContain("skipped");
  expect(statuses(audited, "both")).not.toContain("failed");
  const [skipped] = controlsOf(audited).get("while-run")?.results ?? [];
  expect(skipped).toMatchObject({ skip_message: "no shell in the target for: unheard-of" });
  expect(asked.filter((text) => text === "unheard-of")).toHaveLength(1);
});
