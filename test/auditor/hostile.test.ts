import { readdir, readFile, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import { controlsOf, scene, statuses } from "./scene.ts";

const { audit, auditor, folder, log, refusal, workDir } = scene();
let parentBefore: readonly string[] = [];

beforeAll(async () => {
  process.env.AWS_SECRET_ACCESS_KEY = "a-secret-of-ours";
  process.env.KUBECONFIG = "/a/kubeconfig/of/ours";
  parentBefore = await auditorProcesses();
});

afterEach(async () => {
  // What a scan leaves behind would still be there after its own end.
  await vi.waitFor(async () => expect(await auditorProcesses()).toEqual(parentBefore), { timeout: 5_000 });
  expect(await readdir(workDir())).toEqual([]);
});

describe("a profile that misbehaves ends with a reason, leaves no process, and the next scan runs", () => {
  test.each([
    ["exits", "auditor-crashed", /code 0 without a report/],
    ["exits-on-load", "auditor-crashed", /called exit or abort/],
    ["aborts", "auditor-crashed", /the profile gives up/],
    ["segfaults", "auditor-crashed", /SIGABRT/],
    ["speaks", "auditor-crashed", /broke the protocol/],
    ["kills-parent", "profile-invalid", /not permitted/],
  ] as const)("%s", async (name, code, message) => {
    const error = await refusal(name);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(message);
    expect(error.message).not.toMatch(/\p{Cc}/u);
    expect(await audit("vendored-by-path")).toMatchObject({ exitCode: 0 });
  });

  test.each(["loops-on-load", "loops-in-run", "ignores-signals"])("%s: the deadline ends it", async (name) => {
    expect(await refusal(name, { deadlineMs: 1_500 })).toMatchObject({ code: "deadline" });
  });

  test.each([
    ["floods", "floods"],
    ["forks", "forks"],
    ["closes-descriptors", "closes"],
    ["deletes-folder", "deletes"],
  ])("%s: nobody minds", async (name, control) => {
    expect(statuses(await audit(name), control)).toEqual(["passed"]);
  });
});

test("a profile that throws away more memory than there is gets it back from time to time", async () => {
  const audited = await audit("wastes");
  expect(statuses(audited, "wastes")).toEqual(["passed"]);
  expect(Number(controlsOf(audited).get("wastes")?.title)).toBeLessThan(1.5 * 1024 * 1024); // KiB
});

test("a profile finds no secret, no network, no other process, no file and no descriptor of ours, and cannot write", async () => {
  const secret = join(folder(), "credentials");
  await writeFile(secret, "a-secret-of-ours");
  let knocks = 0;
  const server = createServer(() => {
    knocks += 1;
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" ? address?.port : undefined;
  const audited = await audit("looks-around", { inputs: { port, node: process.pid, secret } });
  server.close();
  const seen = JSON.parse(controlsOf(audited).get("looks")?.title ?? "");
  expect(Object.keys(seen.env).sort()).toEqual(["HOME", "LANG", "PATH", "TMPDIR", "TZ"]);
  expect(seen.network).toMatch(/^Errno::/);
  expect(knocks).toBe(0);
  expect(seen.secret).toBe("Errno::EACCES");
  expect(seen.written).toBe("Errno::EACCES");
  expect(seen.kill).toBe("Errno::EPERM");
  expect(seen.descriptors).toBeLessThan(12);
  expect(JSON.stringify(seen)).not.toContain("of-ours");
  expect(JSON.stringify(seen)).not.toContain("of/ours");
});

test("the auditor has found out that this machine can hold profiles, or it would have said so", () => {
  expect(log).toEqual([]);
});

test("the auditor is still the one that was started first", () => {
  expect(auditor().engine).toEqual({ name: "inspec-core", version: "5.24.24" });
});

/** Processes of this test's auditor, by their work folder in the environment that they were started with. */
async function auditorProcesses(): Promise<readonly string[]> {
  const found: string[] = [];
  for (const pid of (await readdir("/proc")).filter((name) => /^\d+$/.test(name))) {
    const environment = await readFile(`/proc/${pid}/environ`, "latin1").catch(() => "");
    if (environment.includes(workDir())) found.push(pid);
  }
  return found;
}
