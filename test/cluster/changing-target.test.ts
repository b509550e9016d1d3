import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { packProfile } from "#audit/archive.ts";
import { connect } from "#cluster/connection.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { type LocalMuster, startLocal } from "#embedded/run.ts";
import type { ScanEvent } from "#embedded/scan-events.ts";
import { readOutcomes } from "#ledger/outcomes.ts";
import { sharedCluster } from "#test/support/cluster.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-changing-"));
let cluster: EmbeddedCluster;
let muster: LocalMuster;
let hear: (event: ScanEvent) => void = () => undefined;

const manifest = (name: string) => `
apiVersion: v1
kind: Pod
metadata: { name: ${name}, namespace: demo, labels: { app: ${name} } }
spec:
  terminationGracePeriodSeconds: 0
  containers:
    - name: main
      image: muster.test/busybox:1
      command: ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"]
`;

/** Its second control waits for a file that only the test makes. */
const waiting = `
control("first") { impact 0.5; describe(command("echo first")) { its("stdout") { should eq "first\\n" } } }
control("second") do
  impact 0.5
  describe(command("while [ ! -e /tmp/go ]; do sleep 0.05; done; echo went")) { its("stdout") { should eq "went\\n" } }
end
`;

async function register(name: string, control: string): Promise<void> {
  const source = join(folder, name);
  mkdirSync(join(source, "controls"), { recursive: true });
  writeFileSync(join(source, "inspec.yml"), `name: ${name}\nversion: 0.1.0\n`);
  writeFileSync(join(source, "controls", "all.rb"), control);
  await muster.register({ kind: "profiles", name, bytes: await packProfile(source) });
}

beforeAll(async () => {
  cluster = await sharedCluster();
  const config = ownKubeconfig(cluster.kubeconfig, "muster");
  muster = await startLocal({
    store: join(folder, "store"),
    workDir: join(folder, "work"),
    clusters: new Map([["demo", async () => connect("demo", config)]]),
    onEvent: (event) => hear(event),
  });
  await register("waiting", waiting);
});
afterAll(async () => {
  await muster?.stop();
  rmSync(folder, { recursive: true, force: true });
});

/** Scans one pod; `meanwhile` is called once the command of the second control runs. */
async function scan(pod: string, profile: string, meanwhile?: () => Promise<void>, deadlineMinutes = 1) {
  let called = false;
  hear = (event) => {
    if (event.kind !== "control" || called || meanwhile === undefined) return;
    called = true;
    void meanwhile();
  };
  const request = {
    schemaVersion: 1,
    profile,
    targets: [{ cluster: "demo", namespaces: ["demo"], pods: [pod] }],
    options: { deadlineMinutes },
  };
  const scanId = await muster.submit(JSON.stringify(request));
  await muster.finished(scanId, AbortSignal.timeout(120_000));
  return readOutcomes(muster.evidence, scanId);
}

describe("a target that changes while it is scanned", () => {
  it("ends as restarted when its container is killed, and never with a verdict", async () => {
    await cluster.apply(manifest("killed"));
    const outcomes = await scan("killed", "waiting", () => cluster.killContainer("demo", "killed", "main"));
    expect(outcomes).toMatchObject([{ outcome: "failed", reason: "restarted", counts: null, key: null }]);
  });

  it("ends as replaced when its pod is deleted", async () => {
    await cluster.apply(manifest("deleted"));
    const outcomes = await scan("deleted", "waiting", () => cluster.deletePod("demo", "deleted"));
    expect(outcomes).toMatchObject([{ outcome: "failed", reason: "replaced", counts: null }]);
  });

  it("ends as replaced when another pod takes its name", async () => {
    await cluster.apply(manifest("replaced"));
    const outcomes = await scan("replaced", "waiting", async () => {
      await cluster.deletePod("demo", "replaced");
      await cluster.apply(manifest("replaced"));
    });
    expect(outcomes).toMatchObject([{ outcome: "failed", reason: "replaced", counts: null }]);
  });
});

describe("a profile that misbehaves", () => {
  it.each([
    ["loops-for-ever", "loop {}", "deadline"],
    ["waits-in-the-target", 'describe(command("sleep 1000")) { its("stdout") { should eq "" } }', "deadline"],
    ["exits", "exit!", "auditor-crashed"],
    ["is-broken", "control('x' do", "profile-invalid"],
  ])("%s: ends with a typed reason, and the next scan is served", async (name, control, reason) => {
    await register(name, control);
    expect(await scan("busybox-only", name, undefined, 0.1)).toMatchObject([
      { outcome: "failed", reason, counts: null },
    ]);
    await register("fine", 'control("c") { describe(command("echo 1")) { its("stdout") { should eq "1\\n" } } }');
    expect(await scan("busybox-only", "fine")).toMatchObject([
      { outcome: "scanned", counts: { passed: 1, failed: 0 } },
    ]);
  });

  it("leaves no process of its own in the container", async () => {
    await register("leaves", 'describe(command("sleep 987654")) { its("stdout") { should eq "" } }');
    await scan("busybox-only", "leaves", undefined, 0.1);
    await register(
      "looks",
      'control("c") { describe(command("ps")) { its("stdout") { should_not match(/987654/) } } }',
    );
    expect(await scan("busybox-only", "looks")).toMatchObject([{ counts: { passed: 1, failed: 0 } }]);
  });
});
