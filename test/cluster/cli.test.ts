import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { sharedCluster } from "#test/support/cluster.ts";

const main = new URL("../../cli/main.ts", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "muster-cli-"));
let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

interface Run {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

function muster(...words: readonly string[]): Promise<Run> {
  const child = spawn(process.execPath, [main, ...words], { cwd: folder });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (text) => (stdout += text));
  child.stderr.on("data", (text) => (stderr += text));
  return new Promise((resolve) => child.on("close", (code) => resolve({ code, stdout, stderr })));
}

const scan = (...words: readonly string[]) =>
  muster("scan", "--kubeconfig", cluster.kubeconfig, "--out", join(folder, `out-${Math.random()}`), ...words);

/** The cluster's kubeconfig with its parts changed. */
function changed(
  change: (config: {
    clusters: { cluster: Record<string, unknown> }[];
    users: { user: Record<string, unknown> }[];
  }) => void,
) {
  const config = parse(readFileSync(cluster.kubeconfig, "utf8"));
  change(config);
  const path = join(folder, `${Math.random()}.kubeconfig`);
  writeFileSync(path, stringify(config));
  return path;
}

function expectOneClearMessage(run: Run, ...words: readonly string[]): void {
  for (const word of words) expect(run.stderr).toContain(word);
  expect(run.stderr).not.toMatch(/\n\s+at .*[:(]\d+/);
  expect(run.code).toBe(2);
}

describe("muster scan", () => {
  it("prints one JSON document, and leaves the report where it says", async () => {
    const run = await scan("-n", "demo", "-l", "app=weak", "--profile", "container-baseline", "--json");
    expect(run.code).toBe(0);
    const document = JSON.parse(run.stdout);
    expect(document.reports).toMatchObject([
      { target: "muster/demo/weak/weak", outcome: "scanned", reason: null, way: "shell", counts: { error: 0 } },
    ]);
    expect(readdirSync(join(document.store, document.reports[0].key)).sort()).toEqual([
      "attestation.sigstore.json",
      "findings.ndjson.gz",
      "hdf.json",
      "manifest.json",
      "report.html",
      "summary.json",
    ]);
  });

  it("prints a table, and why a target has no verdict", async () => {
    const run = await scan("-n", "demo", "-l", "app in (scratch, busybox-only)");
    expect(run.code).toBe(0);
    expect(run.stdout).toMatch(/muster\/demo\/busybox-only\/busybox +shell +\d+/);
    expect(run.stdout).toMatch(/muster\/demo\/scratch\/still: no-shell/);
    expect(run.stdout).toContain("1 of 2 targets scanned");
  });

  it("takes one container by its whole name", async () => {
    const run = await scan("demo/two-containers/second", "--json");
    expect(JSON.parse(run.stdout).reports.map(({ target }: { target: string }) => target)).toEqual([
      "muster/demo/two-containers/second",
    ]);
  });

  it("gives the verdicts that a request over the queue gives", async () => {
    const { reports, store } = JSON.parse((await scan("demo/busybox-only/busybox", "--json")).stdout);
    const queued = JSON.parse((await muster("demo", "--json")).stdout);
    const twin = queued.reports.find(({ target }: { target: string }) => target.endsWith("busybox-only/busybox"));
    const verdicts = (root: string, key: string) =>
      gunzipSync(readFileSync(join(root, key, "findings.ndjson.gz")))
        .toString()
        .trim()
        .split("\n")
        .map((line) => JSON.parse(line))
        .map(({ control_id, status, message }) => [control_id, status, message.replace(/process \d+/g, "process N")]);
    expect(verdicts(queued.store, twin.key)).toEqual(verdicts(store, reports[0].key));
  });

  it("ends with 2 when nothing could be scanned, and says why", async () => {
    expectOneClearMessage(await scan("-n", "demo", "-l", "app=scratch"), "no-shell", "toolbox");
  });
});

describe("bad input to muster scan", () => {
  it.each([
    [["-n", "Demo"], "--namespace"],
    [["-n", ".."], "--namespace"],
    [["-n", "żółć"], "--namespace"],
    [["-n", "demo", "--pod", "UP"], "--pod"],
    [["-n", "demo", "--container", "a/b"], "--container"],
    [["-n", "demo", "-l", "app in web"], "labelSelector"],
    [[], "-n NAMESPACE"],
    [["weak"], "NAMESPACE/POD"],
    [["a/b/c/d"], "NAMESPACE/POD"],
    [["demo//weak"], "pod"],
    [["demo/weak", "-n", "demo"], "leave out -n"],
    [["-n", "demo", "--pod", "weak", "-n", "default"], "exactly one namespace"],
    [["-n", "demo", "--profile", "ghost"], "ghost"],
    [["-n", "demo", "--profile", "/tmp"], "inspec.yml"],
    [["-n", "demo", "--context", "ghost"], 'no context "ghost"'],
    [["-n", "demo", "--deadline", "soon"], "--deadline"],
    [["-n", "demo", "--speed", "9"], "--speed"],
    [["-n", "demo", "--waiver-file", "/nonexistent"], "--waiver-file"],
    [["-n", "demo", "--input-file", "/etc/passwd"], "--input-file"],
    [["-n", "demo", "-l", "app=nobody"], "nothing-matched"],
    [["-n", "nowhere"], "nothing-matched"],
    [["demo/ghost"], "ghost"],
  ])("%j is one message that names what is wrong", async (words, field) => {
    expectOneClearMessage(await scan(...words), field);
  });

  it.each([
    [
      "tcp",
      () => changed(({ clusters }) => Object.assign(clusters[0]?.cluster ?? {}, { server: "https://127.0.0.1:9" })),
      "127.0.0.1:9",
    ],
    [
      "dns",
      () =>
        changed(({ clusters }) => Object.assign(clusters[0]?.cluster ?? {}, { server: "https://api.muster.invalid" })),
      "api.muster.invalid",
    ],
    [
      "tls",
      () => changed(({ clusters }) => Reflect.deleteProperty(clusters[0]?.cluster ?? {}, "certificate-authority-data")),
      "certificate",
    ],
    [
      "proxy",
      () => changed(({ clusters }) => Object.assign(clusters[0]?.cluster ?? {}, { "proxy-url": "http://127.0.0.1:9" })),
      "127.0.0.1:9",
    ],
    [
      "unauthenticated",
      () =>
        changed(({ users }) => {
          for (const each of users) each.user = { token: "wrong" };
        }),
      "HTTP 401",
    ],
  ])("a cluster that fails at the hop %s is told so, at once", async (reason, kubeconfig, words) => {
    const out = join(folder, `hop-${reason}`);
    const run = await muster("scan", "--kubeconfig", kubeconfig(), "--out", out, "-n", "demo");
    expectOneClearMessage(run, `${reason}:`, words);
  });

  it("a user without rights is told which right is missing", async () => {
    expectOneClearMessage(await scan("-n", "demo", "--context", "nobody"), "forbidden", 'cannot list resource "pods"');
  });

  it("a kubeconfig that is not there, or none at all, is told so", async () => {
    expectOneClearMessage(
      await muster("scan", "--kubeconfig", "/nonexistent", "-n", "demo"),
      "--kubeconfig",
      "/nonexistent",
    );
    const broken = join(folder, "broken.kubeconfig");
    writeFileSync(broken, "{{{");
    expectOneClearMessage(await muster("scan", "--kubeconfig", broken, "-n", "demo"), "is not a kubeconfig");
  });

  it("with --json leaves one document with the reason on stdout", async () => {
    const run = await scan("-n", "Demo", "--json");
    expect(JSON.parse(run.stdout)).toMatchObject({ error: { reason: "bad-request" } });
  });
});
