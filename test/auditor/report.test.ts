import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { beforeAll, describe, expect, test } from "vitest";
import type { AuditJob, ProgressEvent } from "#audit/job.ts";
import type { Shell } from "#contract/shell.ts";
import { localShell } from "#test/support/local-shell.ts";
import { comparable } from "./comparable.ts";
import { controlsOf, profile, reportOf, scene, statuses } from "./scene.ts";

const { audit, folder, refusal } = scene();
const run = promisify(execFile);
const plainScript = fileURLToPath(new URL("plain.rb", import.meta.url));

const waivers = fileURLToPath(new URL("profiles/waived/waivers.yaml", import.meta.url));

/** Every fixture that plain InSpec gives a report for; the others end without one, are about this process, or (odd-bytes) say
 * what plain InSpec gets wrong. */
const reported: readonly (readonly [string, Partial<AuditJob>])[] = [
  ["absent", { inputs: { path: "/etc/passwd" } }],
  ["asks-once", {}],
  ["container-view", {}],
  ["inputs", { inputs: { answer: 42, words: ["a", "b"] } }],
  ["inputs", {}],
  ["mixed", {}],
  ["mixed", { passthrough: { muster: { scan: "1" } } }],
  ["odd-texts", {}],
  ["only-skips", {}],
  ["raises-in-control", {}],
  ["repeats", {}],
  ["vendored-by-path", {}],
  ["waived", { waivers }],
  ["words", { inputs: { path: "/etc/passwd" } }],
  ["wrapper", {}],
];

/** The reports of InSpec as it comes, local backend, for the same profiles. */
async function plainReports(): Promise<readonly string[]> {
  const home = await mkdtemp(join(folder(), "plain-"));
  const paths = reported.map((_, index) => join(home, `${index}.json`));
  const args = reported.flatMap(([name, options], index) => [
    profile(name),
    paths[index] ?? "",
    JSON.stringify(options),
  ]);
  const env = { PATH: process.env.PATH, HOME: home, LANG: "C.UTF-8", TZ: "UTC" };
  await run("ruby", [plainScript, ...args], { env, cwd: "/" });
  return Promise.all(paths.map((path) => readFile(path, "utf8")));
}

describe("the report is plain InSpec's, byte for byte but for times", () => {
  let plain: readonly string[] = [];
  beforeAll(async () => {
    plain = await plainReports();
  });

  test.each(reported.map(([name, options], index) => [name, options, index] as const))("%s %j", async (...job) => {
    const [name, options, index] = job;
    const ours = Buffer.from((await audit(name, options)).hdf).toString("utf8");
    expect(comparable(ours)).toBe(comparable(plain[index] ?? ""));
  });
});

test("passed, failed, skipped, waived by hand and broken checks each keep their status", async () => {
  const audited = await audit("mixed");
  expect(audited).toMatchObject({ exitCode: 100, older: false });
  expect(statuses(audited, "mixed-passes")).toEqual(Array(7).fill("passed"));
  expect(statuses(audited, "mixed-fails")).toEqual(["failed", "failed"]);
  expect(statuses(audited, "mixed-skips")).toEqual(["skipped"]);
  expect(statuses(audited, "mixed-not-applicable")).toEqual(["skipped"]);
  expect(statuses(audited, "mixed-either")).toEqual(["passed"]);
  expect(statuses(audited, "mixed-raises")).toEqual(["failed"]);
});

test("a control that raises fails by itself and the others go on", async () => {
  const audited = await audit("raises-in-control");
  expect(statuses(audited, "raises")).toEqual(["failed"]);
  expect(statuses(audited, "goes-on")).toEqual(["passed"]);
});

test("a profile with skips only ends with 101", async () => {
  expect(await audit("only-skips")).toMatchObject({ exitCode: 101 });
});

test("the target's id follows from the job's and from nothing else, and passthrough is stamped at the root", async () => {
  const passthrough = { muster: { pod: "p" } };
  const report = reportOf(await audit("vendored-by-path", { passthrough }));
  const other = reportOf(await audit("vendored-by-path", { identity: { uri: "muster://test", uniqueId: "another" } }));
  expect(report.passthrough).toEqual(passthrough);
  expect(report.platform.target_id).toBe(reportOf(await audit("vendored-by-path")).platform.target_id);
  expect(report.platform.target_id).not.toBe(other.platform.target_id);
});

test("a pod that says it is Linux is not asked whether it is Windows, and its report is the same", async () => {
  const [unknown, linux] = [await audit("mixed"), await audit("mixed", { os: "linux" })];
  expect(linux.counters.commands).toBe(unknown.counters.commands - 2);
  const [told, asked] = [linux, unknown].map(({ hdf }) => comparable(Buffer.from(hdf).toString("utf8")));
  expect(told).toBe(asked);
});

test("inputs reach the profile", async () => {
  expect(await audit("inputs", { inputs: { answer: 42, words: ["a", "b"] } })).toMatchObject({ exitCode: 0 });
  expect(await audit("inputs")).toMatchObject({ exitCode: 100 });
});

test("a waiver skips, runs, or has expired, and the report says which", async () => {
  const audited = await audit("waived", { waivers });
  const controls = controlsOf(audited);
  expect(statuses(audited, "waived-not-run")).toEqual(["skipped"]);
  expect(controls.get("waived-not-run")?.waiver_data).toMatchObject({ skipped_due_to_waiver: true });
  expect(statuses(audited, "waived-and-run")).toEqual(["failed"]);
  expect(statuses(audited, "waived-once")).toEqual(["failed"]);
  expect(controls.get("waived-once")?.waiver_data.message).toMatch(/Waiver expired/);
});

test("a packed profile is judged like its folder", async () => {
  const archive = join(folder(), "vendored.tar.gz");
  await run("tar", ["-czf", archive, "-C", profile("raises-in-control"), "."]);
  expect(statuses(await audit("mixed", { profile: archive }), "goes-on")).toEqual(["passed"]);
});

test.each(["vendor", "vendor_cache"])("a dependency that lies in the profile's %s is found there", async (place) => {
  const digest = "a".repeat(64);
  const vendored = join(folder(), `with-${place}`);
  await cp(profile("url-dependency"), vendored, { recursive: true });
  await cp(profile("vendored-by-path/deps/base"), join(vendored, place, digest), { recursive: true });
  await writeFile(
    join(vendored, "inspec.lock"),
    `---
lockfile_version: 1
depends:
- name: far
  resolved_source:
    url: https://example.test/far.tar.gz
    sha256: ${digest}
  version_constraints: []
`,
  );
  expect(statuses(await audit("mixed", { profile: vendored }), "from-base")).toEqual(["passed"]);
});

test("progress names each control once, counts up to the total, and gives its worst status", async () => {
  const events: ProgressEvent[] = [];
  await audit("mixed", { onProgress: (event) => events.push(event) });
  expect(events.map(({ done, total }) => [done, total])).toEqual([1, 2, 3, 4, 5, 6, 7].map((done) => [done, 7]));
  expect(Object.fromEntries(events.map(({ control, status }) => [control, status]))).toMatchObject({
    "mixed-passes": "passed",
    "mixed-fails": "failed",
    "mixed-skips": "skipped",
  });
});

test("the same question is asked once, and what is asked is counted", async () => {
  const { counters, phases } = await audit("repeats");
  expect(counters.commands).toBe((await audit("asks-once")).counters.commands);
  expect(counters.blockingRoundTrips).toBe(counters.commands);
  expect(counters.auditorCpuMs).toBeGreaterThan(0);
  const { start = 0, load = 0, run = 0, report = 0 } = phases ?? {};
  expect(Math.min(start, load, run)).toBeGreaterThan(0);
  expect(start + load + run + report).toBeLessThanOrEqual(counters.auditorCpuMs);
  expect(counters.wallMs).toBeGreaterThan(0);
});

test("a command that runs out of its own time runs once, fails its checks, and the next check runs", async () => {
  const audited = await audit("slow-command");
  expect(statuses(audited, "slow")).toEqual(["failed", "failed"]);
  expect(audited.counters.commands).toBe((await audit("vendored-by-path")).counters.commands + 1);
  expect(controlsOf(audited).get("slow")?.results[0]?.message).toMatch(/timed out after 1 seconds/);
  expect(statuses(audited, "after")).toEqual(["passed"]);
});

test("a name that is no UTF-8 costs no more than its own bytes", async () => {
  const audited = await audit("odd-names");
  const [result] = controlsOf(audited).get("odd-names")?.results ?? [];
  expect(result).toMatchObject({ status: "passed", code_desc: expect.stringContaining("/none/\\xFFcafé") });
});

test("a version that is no UTF-8 does not swap the reason for which a profile is not for a target", async () => {
  const shell = localShell();
  const odd: Shell = {
    ...shell,
    async run(command, options) {
      const completed = await shell.run(command, options);
      const text = Buffer.from(completed.stdout).toString("latin1");
      return {
        ...completed,
        stdout: Buffer.from(text.replace(/\b\d\d\.\d+/, "12\xff"), "latin1"),
      };
    },
  };
  const error = await refusal("wrong-platform", { shell: odd });
  expect(error).toMatchObject({ code: "profile-mismatch", message: expect.stringContaining("12\\xFF") });
});

test("a command that ran out of its time runs again for a check that gives it longer", async () => {
  const audited = await audit("longer-time");
  for (const name of ["long", "unbounded"]) {
    expect(statuses(audited, `${name}-short`)).toEqual(["failed"]);
    expect(statuses(audited, name)).toEqual(["passed"]);
  }
});

test("bytes that are no text neither break the report nor are they taken for others", async () => {
  const audited = await audit("odd-bytes");
  expect(statuses(audited, "odd-bytes")).toEqual(["passed", "passed", "failed"]);
  expect(statuses(audited, "text")).toEqual(["passed"]);
});
