import { execFile } from "node:child_process";
import { cp, mkdtemp, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { promisify } from "node:util";
import { describe, expect, test } from "vitest";
import type { AuditJob, ProgressEvent } from "#audit/job.ts";
import { controlsOf, profile, reportOf, scene, statuses } from "./scene.ts";

const { audit, folder } = scene();
const run = promisify(execFile);
const plainScript = fileURLToPath(new URL("plain.rb", import.meta.url));

/** The report of InSpec as it comes, local backend, for the same profile. */
async function plainReport(name: string, options: Partial<AuditJob>): Promise<string> {
  const report = join(await mkdtemp(join(folder(), "plain-")), "report.json");
  const env = { PATH: process.env.PATH, HOME: folder(), LANG: "C.UTF-8", TZ: "UTC" };
  await run("ruby", [plainScript, profile(name), report, JSON.stringify(options)], { env }).catch((error: unknown) => {
    // 100 and 101 are results.
    if (!(error instanceof Error && "code" in error && (error.code === 100 || error.code === 101))) throw error;
  });
  return readFile(report, "utf8");
}

/** Takes away what differs between any two runs: times, object addresses, the target's id, and whose code called InSpec. */
function comparable(report: string): string {
  return report
    .replaceAll(/"(run_time|duration)":[-\d.e]+/g, '"$1":0')
    .replaceAll(/"start_time":"[^"]*"/g, '"start_time":""')
    .replaceAll(/"target_id":"[^"]*"/g, '"target_id":""')
    .replaceAll(/0x[0-9a-f]{16}/g, "0x0")
    .replaceAll(/,"[^"]*\/(layers\/auditor|test\/auditor)\/\w+\.rb:[^"]*"/g, "");
}

describe("the report is plain InSpec's, byte for byte but for times", () => {
  test.each([
    ["mixed", {}],
    ["raises-in-control", {}],
    ["inputs", { inputs: { answer: 42, words: ["a", "b"] } }],
    ["vendored-by-path", {}],
    ["wrapper", {}],
    ["mixed", { passthrough: { muster: { scan: "1" } } }],
  ] as const)("%s %j", async (name, options) => {
    const ours = Buffer.from((await audit(name, options)).hdf).toString("utf8");
    expect(comparable(ours)).toBe(comparable(await plainReport(name, options)));
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

test("inputs reach the profile", async () => {
  expect(await audit("inputs", { inputs: { answer: 42, words: ["a", "b"] } })).toMatchObject({ exitCode: 0 });
  expect(await audit("inputs")).toMatchObject({ exitCode: 100 });
});

test("a waiver skips, runs, or has expired, and the report says which", async () => {
  const waivers = join(folder(), "waivers.yaml");
  await writeFile(
    waivers,
    `waived-not-run:
  justification: not here
  run: false
waived-and-run:
  justification: we know
  run: true
waived-once:
  justification: was allowed
  run: false
  expiration_date: 2020-01-01
`,
  );
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
  const { counters } = await audit("repeats");
  expect(counters.commands).toBe((await audit("asks-once")).counters.commands);
  expect(counters.blockingRoundTrips).toBe(counters.commands);
  expect(counters.auditorCpuMs).toBeGreaterThan(0);
  expect(counters.wallMs).toBeGreaterThan(0);
});

test("a command that runs out of its own time runs once, fails its checks, and the next check runs", async () => {
  const audited = await audit("slow-command");
  expect(statuses(audited, "slow")).toEqual(["failed", "failed"]);
  expect(audited.counters.commands).toBe((await audit("vendored-by-path")).counters.commands + 1);
  expect(controlsOf(audited).get("slow")?.results[0]?.message).toMatch(/timed out after 1 seconds/);
  expect(statuses(audited, "after")).toEqual(["passed"]);
});

test("bytes that are no text neither break the report nor are they taken for others", async () => {
  const audited = await audit("odd-bytes");
  expect(statuses(audited, "odd-bytes")).toEqual(["passed", "passed", "failed"]);
  expect(statuses(audited, "text")).toEqual(["passed"]);
});
