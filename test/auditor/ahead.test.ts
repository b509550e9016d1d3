import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { literalsOf } from "#audit/ahead/literals.ts";
import { planAhead } from "#audit/ahead/plan.ts";
import { aheadOfAll } from "#audit/ahead/static-bundle.ts";
import { Answers } from "#audit/answers.ts";
import { dryRun } from "#audit/hints/dry-run.ts";
import { merged, rememberedFrom } from "#audit/hints/hint-list.ts";
import type { Audited, AuditJob } from "#audit/job.ts";
import { localShell } from "#test/support/local-shell.ts";
import { profile, scene, statuses } from "./scene.ts";

const { audit, auditor, refusal } = scene();
const made: string[] = [];
afterAll(() => Promise.all(made.map((path) => rm(path, { recursive: true, force: true }))));

/** A profile of one control file, and the shell's own count of what it ran. */
async function written(control: string) {
  const folder = await mkdtemp(join(tmpdir(), "ahead-"));
  made.push(folder);
  await mkdir(join(folder, "controls"));
  await writeFile(join(folder, "inspec.yml"), "name: written\nversion: 1.0.0\n");
  await writeFile(join(folder, "controls/one.rb"), control);
  return folder;
}

function countingShell() {
  const ran: string[] = [];
  const shell = localShell();
  const run: typeof shell.run = (command, options) => {
    ran.push(Buffer.from(command).toString("utf8"));
    return shell.run(command, options);
  };
  return { ran, shell: { ...shell, run } };
}

const learned = async (answers: Answers, path: string) =>
  planAhead(rememberedFrom(merged(undefined, answers.asked)), await literalsOf(path));

/** Scans as a scan does: everything that is known goes first. */
async function ahead(path: string, plan = aheadOfAll(), more: Partial<AuditJob> = {}) {
  const { ran, shell } = countingShell();
  const answers = new Answers({ ahead: plan });
  answers.sendFirst(shell);
  const audited = await audit("who", { profile: path, shell, answers, ...more });
  return { audited, answers, ran };
}

const withoutTimes = ({ hdf }: Audited) =>
  Buffer.from(hdf)
    .toString("utf8")
    .replaceAll(/"(run_time|duration)":[-\d.e]+|"start_time":"[^"]*"|0x[0-9a-f]{16}/g, "");

describe("a profile of which nothing is remembered", () => {
  test.each(["mixed", "file-facts", "inputs", "wrapper", "odd-bytes", "repeats"])(
    "%s is judged as if each question had been waited for",
    async (name) => {
      const path = profile(name);
      const { audited, answers } = await ahead(path);
      expect(withoutTimes(audited)).toBe(withoutTimes(await audit(name)));
      expect(audited.counters.blockingRoundTrips).toBeLessThanOrEqual(8);
      const again = await ahead(path, await learned(answers, path));
      expect(withoutTimes(again.audited)).toBe(withoutTimes(audited));
      expect(again.audited.counters.blockingRoundTrips).toBeLessThanOrEqual(2);
      expect(again.audited.counters.rehearsals).toBe(0);
    },
  );

  test("questions that depend on answers are found level by level, in fewer waits than levels of questions", async () => {
    const path = await written(`
      control "deep" do
        names = file("/etc/passwd").content.lines.first(3).map { |line| line.split(":").first }
        homes = names.map { |name| command("getent passwd #{name}").stdout.split(":")[5] }
        homes.each { |home| describe(file(home)) { it { should exist } } }
        homes.each { |home| describe(command("stat -c %U #{home}").stdout.strip) { it { should_not eq "" } } }
      end`);
    const { audited } = await ahead(path);
    expect(withoutTimes(audited)).toBe(withoutTimes(await audit("who", { profile: path })));
    expect(audited.counters.blockingRoundTrips).toBeLessThanOrEqual(8);
    expect(audited.counters.rehearsals).toBeGreaterThan(0);
  });

  test("progress tells each control once, although the profile ran more than once", async () => {
    const told: string[] = [];
    await ahead(profile("mixed"), aheadOfAll(), { onProgress: ({ control }) => told.push(control) });
    expect(told).toHaveLength(7);
    expect(new Set(told).size).toBe(7);
  });

  test("a rehearsal that never ends on invented answers is broken off, and the scan goes on", async () => {
    const path = await written(`
      control "waits" do
        ready = (1..12).map { |n| command("cat /etc/hostname /dev/null | head -n #{n}").exit_status }
        File.write("x", "") until command("cat /etc/hostname").stdout.length.positive?
        describe(ready) { it { should all eq 0 } }
      end`);
    const { audited } = await ahead(path);
    expect(statuses(audited, "waits")).toEqual(["passed"]);
  }, 60_000);
});

describe("commands with side effects", () => {
  test("run once and in their place, with nothing remembered, with hints, and with hints of another target", async () => {
    const place = await mkdtemp(join(tmpdir(), "effects-"));
    made.push(place);
    const log = join(place, "log");
    const path = await written(`
      control "effects" do
        before = command("cat ${log}").stdout
        command("echo 1 >>${log}").exit_status
        first = file("${log}").content
        command("echo 2 >>${log}").exit_status
        both = command("head -n 5 ${log}").stdout
        last = command("uname -s; tail -n 1 ${log}").stdout.lines.last
        describe([before, first, both, last]) { it { should eq ["", "1\\n", "1\\n2\\n", "2\\n"] } }
      end`);
    let plan = aheadOfAll();
    for (let round = 0; round < 3; round += 1) {
      await writeFile(log, "");
      const { audited, answers, ran } = await ahead(path, plan);
      expect(statuses(audited, "effects")).toEqual(["passed"]);
      expect(await readFile(log, "utf8")).toBe("1\n2\n");
      expect(ran.filter((each) => each.startsWith("echo"))).toEqual([`echo 1 >>${log}`, `echo 2 >>${log}`]);
      plan = await learned(answers, path);
    }
  });
});

describe("a dry run", () => {
  test("finds out what a profile asks on each platform, without a target", async () => {
    const lists = await dryRun(auditor(), { profile: profile("mixed"), olderAuditor: true, presentAsContainer: false });
    expect([...lists.keys()]).toEqual(["debian", "ubuntu", "redhat", "alpine"].map((name) => `dry-run/${name}`));
    for (const { scans, commands } of lists.values()) {
      expect(scans).toBe(0);
      expect(commands.length).toBeGreaterThan(5);
    }
    const plan = planAhead(rememberedFrom([...lists.values()][0] ?? merged(undefined, [])), () => false);
    const { audited } = await ahead(profile("mixed"), plan);
    expect(withoutTimes(audited)).toBe(withoutTimes(await audit("mixed")));
  });

  test("says what is wrong with a profile that cannot be loaded", async () => {
    const job = { profile: profile("broken-syntax"), olderAuditor: true, presentAsContainer: false };
    await expect(dryRun(auditor(), job)).rejects.toMatchObject({ code: "profile-invalid" });
    expect((await refusal("broken-syntax")).code).toBe("profile-invalid");
  });
});
