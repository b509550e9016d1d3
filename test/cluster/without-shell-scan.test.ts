import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { carryOut } from "#cli/carry-out.ts";
import { profileFrom } from "#cli/profile-source.ts";
import { connect } from "#cluster/connection.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { strictPolicy, type ToolboxPolicy } from "#contract/policy.ts";
import { Summary } from "#contract/summary.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { sharedCluster } from "#test/support/cluster.ts";
import { toolboxPolicy, withoutShell } from "#test/support/reach.ts";

const quiet = { say: () => undefined, hear: () => undefined, end: () => undefined };
const store = mkdtempSync(join(tmpdir(), "muster-without-shell-"));
let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
  await cluster.apply(withoutShell);
});
afterAll(() => rmSync(store, { recursive: true, force: true }));

/** One pod, from the request to its outcome and summary. */
async function scan(namespace: string, pod: string, toolbox?: ToolboxPolicy, asked?: "never") {
  const profile = await profileFrom("container-baseline");
  const { outcomes, evidence } = await carryOut({
    request: {
      ...{ schemaVersion: 1, profile: profile.name },
      targets: [{ cluster: "muster", namespaces: [namespace], pods: [pod] }],
      ...(asked && { options: { toolbox: asked } }),
    },
    registrations: [profile],
    clusters: new Map([["muster", async () => connect("muster", ownKubeconfig(cluster.kubeconfig, "muster-toolbox"))]]),
    ...{ store, policy: { ...strictPolicy, ...(toolbox && { toolbox }) }, progress: quiet },
  });
  const [outcome] = outcomes;
  if (outcome === undefined) throw new Error("no outcome");
  const summary =
    outcome.key && Summary.parse(JSON.parse(readFileSync(join(evidence, outcome.key, "summary.json"), "utf8")));
  return { outcome, summary: summary || undefined };
}

describe("a request for a container without a shell", () => {
  it("ends with a verdict by the toolbox where that is allowed, and the report says why and what was borrowed", async () => {
    const { outcome, summary } = await scan("at-privileged", "hardened", toolboxPolicy);
    expect(outcome).toMatchObject({ outcome: "scanned", way: "toolbox-chroot" });
    expect(summary?.counts.passed).toBeGreaterThan(20);
    expect(summary?.wayReasons.join(" ")).toMatch(/is the way in/);
    expect(summary?.borrowed).toContain("find");
  });

  it("is read where the namespace is restricted, and what was not asked is not reviewed", async () => {
    const { outcome, summary } = await scan("at-restricted", "hardened", toolboxPolicy);
    expect(outcome).toMatchObject({ outcome: "scanned", way: "toolbox-read" });
    expect(summary?.counts.not_reviewed).toBeGreaterThan(0);
  });

  it("ends as no-shell where the toolbox is not allowed, by the cluster or by the request", async () => {
    for (const { outcome } of [
      await scan("at-privileged", "hardened"),
      await scan("at-privileged", "hardened", toolboxPolicy, "never"),
    ]) {
      expect(outcome).toMatchObject({ outcome: "unscannable", reason: "no-shell" });
      expect(outcome.message).toContain("The toolbox is not allowed here.");
    }
  });
});
