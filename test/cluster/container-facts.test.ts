import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, expect, it } from "vitest";
import { connect } from "#cluster/connection.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { kubeConfig, sharedCluster } from "#test/support/cluster.ts";
import { scanOne } from "#test/support/scan-one.ts";

/** What the cluster says of a container, as a profile's input. */
const folder = mkdtempSync(join(tmpdir(), "muster-facts-"));
const profile = join(folder, "profile");
let cluster: EmbeddedCluster;
beforeAll(async () => {
  cluster = await sharedCluster();
  mkdirSync(join(profile, "controls"), { recursive: true });
  writeFileSync(join(profile, "inspec.yml"), "name: asks-the-cluster\nversion: 1.0.0\n");
  writeFileSync(
    join(profile, "controls/one.rb"),
    `
    facts = input("muster_container", value: {})
    control("named") { describe(facts["pod"]) { it { should eq "two-containers" } } }
    control("labelled") { describe(facts["labels"]) { it { should include("app" => "two-containers") } } }
    control("contained") { describe(facts.dig("securityContext", "privileged")) { it { should_not eq true } } }
    control("of-image") { describe(facts["imageDigest"]) { it { should match(/^sha256:/) } } }
    control("without-environment") { describe(facts.to_s) { it { should_not match(/ROLE|first-value/) } } }
    `,
  );
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const scan = (containerFacts: boolean) =>
  scanOne({
    connect: async () => connect("muster", kubeConfig(cluster)),
    ...{ store: join(folder, "store"), namespace: "demo", pod: "two-containers", profile, options: { containerFacts } },
  });

it("profiles are told image, labels and security context where the request says so, and the report tells that", async () => {
  const { results, summary } = await scan(true);
  expect(results).toEqual({
    ...{ named: ["passed"], labelled: ["passed"], contained: ["passed"], "of-image": ["passed"] },
    "without-environment": ["passed"],
  });
  expect(summary?.containerFacts).toBe(true);
});

it("profiles are told nothing by default", async () => {
  const { results, summary } = await scan(false);
  expect(results?.named).toEqual(["failed"]);
  expect(summary).not.toHaveProperty("containerFacts");
});
