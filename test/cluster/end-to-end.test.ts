import { createHash } from "node:crypto";
import { mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync } from "node:zlib";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { profileFrom } from "#cli/profile-source.ts";
import { connect } from "#cluster/connection.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { controlStatuses } from "#contract/finding.ts";
import { configKey } from "#contract/keys.ts";
import type { Outcome } from "#contract/outcome.ts";
import { Summary } from "#contract/summary.ts";
import { type LocalMuster, startLocal } from "#embedded/run.ts";
import { readOutcomes } from "#ledger/outcomes.ts";
import { verifyReport } from "#report/verify.ts";
import { storeSigner } from "#signing/key-file.ts";
import { trusting } from "#signing/trust.ts";
import { askInspecjs } from "#test/report/oracle.ts";
import { sharedCluster } from "#test/support/cluster.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-e2e-"));
const demo = { cluster: "demo", namespaces: ["demo"] };
let muster: LocalMuster;

beforeAll(async () => {
  const cluster = await sharedCluster();
  const config = ownKubeconfig(cluster.kubeconfig, "muster");
  muster = await startLocal({
    store: join(folder, "store"),
    workDir: join(folder, "work"),
    clusters: new Map([["demo", async () => connect("demo", config)]]),
  });
  const { bytes } = await profileFrom("container-baseline");
  await muster.register({ kind: "profiles", name: "container-baseline", bytes });
});
afterAll(async () => {
  await muster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Sends a request through the whole path and gives its outcomes. */
async function scan(request: object): Promise<{ scanId: string; outcomes: readonly Outcome[] }> {
  const body = { schemaVersion: 1, profile: "container-baseline", targets: [demo], ...request };
  const scanId = await muster.submit(JSON.stringify(body));
  const end = await muster.finished(scanId, AbortSignal.timeout(150_000));
  expect(end.kind).toBe("complete");
  return { scanId, outcomes: await readOutcomes(muster.evidence, scanId) };
}

const file = (key: string) => readFileSync(join(muster.evidenceFolder, key));
const json = (key: string) => JSON.parse(file(key).toString());
const placeOf = ({ target }: Outcome) => `${target?.workload.name}/${target?.container}`;

describe("a scan of the sample workloads", () => {
  let outcomes: readonly Outcome[];
  let scanId: string;
  beforeAll(async () => {
    ({ scanId, outcomes } = await scan({ requestId: "e2e:first" }));
  });
  const at = (place: string) => outcomes.filter((outcome) => placeOf(outcome) === place);
  const scanned = () => outcomes.filter(({ outcome }) => outcome === "scanned");

  it.each([
    ["weak/weak", "scanned", "shell", null],
    ["hardened/hardened", "scanned", "shell", null],
    ["busybox-only/busybox", "scanned", "shell", null],
    ["bash-no-sh/bash", "scanned", "shell", null],
    ["two-containers/first", "scanned", "shell", null],
    ["two-containers/second", "scanned", "shell", null],
    ["non-root-readonly/app", "scanned", "shell", null],
    ["scratch/still", "unscannable", null, "no-shell"],
    ["stopped/once", "unscannable", null, "not-running"],
  ])("ends %s as %s", (place, outcome, way, reason) => {
    expect(at(place)).toMatchObject([{ outcome, way, reason }]);
  });

  it("scans both replicas of one workload, into folders of their own", () => {
    const replicas = at("web/web");
    expect(replicas.map(({ outcome }) => outcome)).toEqual(["scanned", "scanned"]);
    expect(new Set(replicas.map(({ key }) => key)).size).toBe(2);
    expect(new Set(replicas.map(({ target }) => target?.podUid)).size).toBe(2);
  });

  it("promises each target once and says when all are there", () => {
    expect(new Set(outcomes.map(({ taskId }) => taskId)).size).toBe(11);
    const complete = json(`runs/v1/${scanId}/complete.json`);
    expect(complete).toMatchObject({
      targets: 11,
      tally: { scanned: 9, unscannable: 2, failed: 0, reasons: { "no-shell": 1, "not-running": 1 } },
    });
  });

  it("tells the weak container from the hardened one in at least ten verdicts", () => {
    const verdicts = (place: string) =>
      new Map(
        gunzipSync(file(`${at(place)[0]?.key}/findings.ndjson.gz`))
          .toString()
          .trim()
          .split("\n")
          .map((line) => JSON.parse(line))
          .map((row: { control_id: string; status: string }) => [row.control_id, row.status]),
      );
    const weak = verdicts("weak/weak");
    const hardened = verdicts("hardened/hardened");
    expect(weak.size).toBeGreaterThanOrEqual(30);
    expect([...weak].filter(([id, status]) => status !== hardened.get(id)).length).toBeGreaterThanOrEqual(10);
  });

  it("reports what inspecjs, Heimdall's own reader, counts in every hdf.json", () => {
    for (const { key, counts } of scanned()) {
      const said = Map.groupBy(askInspecjs(file(`${key}/hdf.json`)), ({ status }) => status);
      for (const status of controlStatuses) expect(said.get(status)?.length ?? 0).toBe(counts?.[status]);
    }
  });

  it("lists every file of a report in its manifest, with its true SHA-256", () => {
    for (const { key } of scanned()) {
      const manifest = json(`${key}/manifest.json`) as { files: { name: string; sha256: string; bytes: number }[] };
      expect(manifest.files.map(({ name }) => name).sort()).toEqual([
        "findings.ndjson.gz",
        "hdf.json",
        "report.html",
        "summary.json",
      ]);
      for (const { name, sha256, bytes } of manifest.files) {
        const content = file(`${key}/${name}`);
        expect([createHash("sha256").update(content).digest("hex"), content.length]).toEqual([sha256, bytes]);
      }
    }
  });

  it("signs every report with the store's own key", async () => {
    const trusted = trusting([storeSigner(join(folder, "store"))]);
    for (const { key } of scanned()) {
      const at = join(muster.evidenceFolder, key ?? "");
      const files = new Map(readdirSync(at).map((name) => [name, readFileSync(join(at, name))]));
      expect(await verifyReport(files, trusted)).toMatchObject({ state: "verified", manifest: { folder: key } });
    }
  });

  it("says in every summary who was looked at, how, and what it cost", () => {
    for (const { key, target, counts } of scanned()) {
      const summary = Summary.parse(json(`${key}/summary.json`));
      expect(summary).toMatchObject({ target, counts, way: "shell", serverVersion: expect.stringMatching(/^v1\.\d+/) });
      expect(summary.target.containerId).toMatch(/^containerd:\/\/[0-9a-f]{64}$/);
      expect(summary.target.imageDigest).toMatch(/^sha256:[0-9a-f]{64}$/);
      expect(summary.transport.commands).toBeGreaterThan(10);
      expect(summary.transport.execStreams).toBeLessThanOrEqual(2); // the session, and a second lane on a slow machine
    }
  });

  it("leaves no secret of the weak container in any report", () => {
    for (const { key } of scanned()) {
      for (const name of ["hdf.json", "report.html", "summary.json"]) {
        expect(file(`${key}/${name}`).toString()).not.toContain("example-only");
      }
    }
  });
});

describe("the same request again", () => {
  const weak = { targets: [{ ...demo, pods: ["weak"] }] };

  it("is two scans for two nights", async () => {
    const nights = [await scan({ ...weak, requestId: "nightly:23" }), await scan({ ...weak, requestId: "nightly:24" })];
    expect(new Set(nights.map(({ scanId }) => scanId)).size).toBe(2);
    expect(new Set(nights.map(({ outcomes }) => outcomes[0]?.key)).size).toBe(2);
  });

  it("is one scan when it is delivered twice", async () => {
    const first = await scan({ ...weak, requestId: "nightly:25" });
    const again = await scan({ ...weak, requestId: "nightly:25" });
    expect(again.scanId).toBe(first.scanId);
    expect(again.outcomes).toEqual(first.outcomes);
  });

  it("gives equal verdicts for a container that did not change", async () => {
    const counts = async (id: string) => (await scan({ ...weak, requestId: id })).outcomes[0]?.counts;
    expect(await counts("equal:1")).toEqual(await counts("equal:2"));
  });
});

describe("a request that finds nothing or too much", () => {
  it("ends as nothing-matched when no pod has the label", async () => {
    const { outcomes } = await scan({ targets: [{ ...demo, labelSelector: "app=nobody" }] });
    expect(outcomes).toMatchObject([{ kind: "expand", outcome: "failed", reason: "nothing-matched" }]);
  });

  it("names the pod that is not there, and scans the one that is", async () => {
    const { outcomes } = await scan({ targets: [{ ...demo, pods: ["busybox-only", "ghost"] }] });
    expect(outcomes).toMatchObject([
      { subject: "demo/demo/busybox-only/busybox", outcome: "scanned" },
      { subject: "demo/demo/ghost", outcome: "failed", reason: "nothing-matched" },
    ]);
  });

  it("scans the pods that an object in the published bucket names", async () => {
    const list = Buffer.from(JSON.stringify(["busybox-only", "weak"]));
    const key = "requests/v1/pods/e2e.json";
    await muster.published.create(key, list, { contentType: "application/json" });
    const podsFrom = { key, sha256: createHash("sha256").update(list).digest("hex") };
    const { outcomes } = await scan({ targets: [{ ...demo, podsFrom }] });
    const ended = outcomes.map(({ subject, outcome }) => `${subject} ${outcome}`);
    expect(ended.toSorted()).toEqual(["demo/demo/busybox-only/busybox scanned", "demo/demo/weak/weak scanned"]);
  });

  it("scans nothing with a profile that somebody changed after it was signed", async () => {
    const { bytes } = await profileFrom("container-baseline");
    const { digest } = await muster.register({ kind: "profiles", name: "changed", bytes });
    const key = configKey("profiles", "changed", digest);
    const before = await muster.published.read(key);
    const other = Uint8Array.from(bytes, (byte, index) => (index === 100 ? byte ^ 1 : byte));
    await muster.published.replace(key, other, { contentType: "application/octet-stream" }, before?.etag);
    const { outcomes } = await scan({ profile: "changed", targets: [{ ...demo, pods: ["busybox-only"] }] });
    expect(outcomes).toMatchObject([
      { outcome: "failed", reason: "profile-invalid", message: expect.stringContaining("does not have its digest") },
    ]);
  });

  it("never takes another namespace for the one that was named", async () => {
    const { outcomes } = await scan({ targets: [{ cluster: "demo", namespaces: ["default"], pods: ["weak"] }] });
    expect(outcomes).toMatchObject([{ subject: "demo/default/weak", reason: "nothing-matched" }]);
  });

  it("scans one replica of an image when a sample is asked for", async () => {
    const request = { targets: [{ ...demo, labelSelector: "app=web" }], options: { sample: "one-per-image" } };
    expect((await scan(request)).outcomes).toHaveLength(1);
  });

  it("refuses more targets than allowed before scanning any", async () => {
    const { outcomes } = await scan({ options: { maxTargets: 3 } });
    expect(outcomes).toMatchObject([{ kind: "expand", reason: "too-large" }]);
  });
});
