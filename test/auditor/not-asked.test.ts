import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, test } from "vitest";
import { ScanError } from "#contract/errors.ts";
import type { Shell } from "#contract/shell.ts";
import { localShell } from "#test/support/local-shell.ts";
import { controlsOf, scene, statuses } from "./scene.ts";

const { audit, refusal } = scene();
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

/** A shell of this machine that cannot be asked some things. */
function without(pattern: RegExp, asked: string[] = []): Shell {
  const real = localShell();
  return {
    ...real,
    run: async (command, options) => {
      const text = Buffer.from(command).toString();
      asked.push(text);
      if (pattern.test(text)) throw new ScanError("no-shell", `no shell in the target for: ${text}`);
      return real.run(command, options);
    },
  };
}

async function profileOf(name: string, source: string): Promise<string> {
  const at = join(folder, name);
  await mkdir(join(at, "controls"), { recursive: true });
  await writeFile(join(at, "inspec.yml"), `name: ${name}\nversion: 1.0.0\n`);
  await writeFile(join(at, "controls/one.rb"), source);
  await writeFile(
    join(at, "controls/two.rb"),
    'control("other-file") { describe(file("/etc/passwd")) { it { should exist } } }',
  );
  return at;
}

test("a file of controls whose condition cannot be asked is skipped, and the other files are judged", async () => {
  const profile = await profileOf(
    "conditional",
    `
    control("before") { describe(file("/etc/passwd")) { it { should exist } } }
    only_if("wants it") { command("unheard-of").exit_status.zero? }
    control("after") { describe(file("/etc/passwd")) { it { should exist } } }
    `,
  );
  const audited = await audit("who", { profile, shell: without(/unheard-of/) });
  for (const control of ["before", "after"])
    expect([control, statuses(audited, control)]).toEqual([control, ["skipped"]]);
  expect(controlsOf(audited).get("after")?.results[0]).toMatchObject({
    skip_message: expect.stringContaining("no shell in the target"),
  });
  expect(statuses(audited, "other-file")).toEqual(["passed"]);
});

test("a profile whose controls depend on what cannot be asked ends as what it is, not as broken", async () => {
  const profile = await profileOf("depending", 'control("maybe") {} if command("unheard-of").exit_status.zero?');
  const error = await refusal("who", { profile, shell: without(/unheard-of/) });
  expect(error).toMatchObject({
    code: "no-shell",
    message: expect.stringMatching(/^depending asks the container while/),
  });
});

afterAll(() => rm(folder, { recursive: true, force: true }));

test("a question that cannot be asked in the target skips its checks, whenever it comes up, and is never a verdict", async () => {
  const asked: string[] = [];
  const shell = without(/unheard-of|ps |out-of-sight/, asked);
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
