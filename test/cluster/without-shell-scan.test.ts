import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { connect } from "#cluster/connection.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import type { ToolboxPolicy } from "#contract/policy.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { sharedCluster } from "#test/support/cluster.ts";
import { toolboxPolicy, withoutShell } from "#test/support/reach.ts";
import { scanOne } from "#test/support/scan-one.ts";

const store = mkdtempSync(join(tmpdir(), "muster-without-shell-"));
let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
  await cluster.apply(withoutShell);
});
afterAll(() => rmSync(store, { recursive: true, force: true }));

const scan = (namespace: string, pod: string, toolbox?: ToolboxPolicy, asked?: "never") =>
  scanOne({
    connect: async () => connect("muster", ownKubeconfig(cluster.kubeconfig, "muster-toolbox")),
    ...{ store, namespace, pod, ...(toolbox && { policy: { toolbox } }) },
    ...(asked && { options: { toolbox: asked } }),
  });

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
