import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { V1Pod } from "@kubernetes/client-node";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Shell } from "#contract/shell.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { throughImage } from "#reach/image/through-image.ts";
import { scene } from "#test/auditor/scene.ts";
import { sharedCluster } from "#test/support/cluster.ts";
import { exportedImage } from "#test/support/exported-image.ts";
import { reaching, withoutShell } from "#test/support/reach.ts";
import { compareVerdicts, verdictsIn } from "#test/support/verdicts.ts";

const { audit } = scene();
const baseline = fileURLToPath(new URL("../../profiles/container-baseline", import.meta.url));
const folder = mkdtempSync(join(tmpdir(), "mv-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
let cluster: EmbeddedCluster;
let way: ReturnType<typeof reaching>;
beforeAll(async () => {
  cluster = await sharedCluster();
  await cluster.apply(withoutShell);
  way = reaching(cluster);
});

async function verdicts(shell: Shell, name = ""): Promise<ReadonlyMap<string, string>> {
  const { hdf } = await audit(name, { shell, ...(name === "" && { profile: baseline }) });
  await shell.close();
  return verdictsIn(hdf);
}

// The same files: once with a shell below /busybox, once with none. Both run as the same user with the same rights.
describe.each(["root", "hardened"])("container-baseline on a container without a shell that runs as %s", (who) => {
  it("gives the verdicts that the same files give with a shell", async () => {
    const theirs = await verdicts(await way.reach("at-privileged", "with-shell", who));
    const ours = await verdicts(await way.reach("at-privileged", who, "app"));
    const { common, differing, share } = compareVerdicts(ours, theirs);
    expect(differing).toEqual([]);
    expect(common).toBeGreaterThan(20);
    expect(share).toBeGreaterThanOrEqual(0.9);
  });
});

it("two containers of one pod that differ get verdicts that differ", async () => {
  const clean = await verdicts(await way.reach("at-privileged", "two", "clean"));
  const weak = await verdicts(await way.reach("at-privileged", "two", "weak"));
  expect(compareVerdicts(clean, weak).differing.length).toBeGreaterThanOrEqual(3);
});

describe("a container that can only be read", () => {
  it("gets the verdicts of its files, and none where a shell would be needed", async () => {
    const theirs = await verdicts(await way.reach("at-privileged", "with-shell", "hardened"), "reads-files");
    const ours = await verdicts(await way.reach("at-restricted", "hardened", "app"), "reads-files");
    expect(Object.fromEntries(theirs)).toEqual({
      ...{ file: "passed", link: "failed", open: "failed", nowhere: "passed", program: "passed", found: "failed" },
      shell: "passed",
    });
    expect([...ours]).toEqual([...theirs].filter(([id]) => id !== "shell"));
  });

  it("gets no verdict of container-baseline that differs, and nine in ten of all", async () => {
    const theirs = await verdicts(await way.reach("at-restricted", "with-shell", "app"));
    const ours = await verdicts(await way.reach("at-restricted", "hardened", "app"));
    const { differing, share } = compareVerdicts(ours, theirs);
    expect(differing).toEqual([]);
    expect(share).toBeGreaterThanOrEqual(0.9);
  });
});

it("a container that is answered from its image gets no verdict that its files do not give with a shell", async () => {
  const theirs = await verdicts(await way.reach("at-privileged", "with-shell", "root"));
  const target = await way.targetOf("at-privileged", "root", "app");
  const pod = JSON.parse(JSON.stringify(cluster.pod("at-privileged", "root"))) as V1Pod; // the embedded cluster's own reading
  const path = exportedImage(cluster, target.image, folder);
  const shell = await throughImage(target, pod, [], {
    images: { kind: "file", path },
    signal: AbortSignal.timeout(60_000),
  });
  const { common, differing } = compareVerdicts(await verdicts(shell), theirs);
  expect(differing).toEqual([]);
  expect(common).toBeGreaterThan(30);
});
