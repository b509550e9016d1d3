import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { type Auditor, startAuditor } from "#audit/auditor.ts";
import type { Shell } from "#contract/shell.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { attemptEscapes } from "#test/reach/escape/attempt.ts";
import { reaching, withoutShell } from "#test/support/reach.ts";
import { compareVerdicts, verdictsIn } from "#test/support/verdicts.ts";
import { writableLayer } from "#test/support/writable-layer.ts";
import { type Row, rowOf } from "../row.ts";

const profile = fileURLToPath(new URL("../../../profiles/container-baseline", import.meta.url));
const starts = 5;
const trees = 500;

/** Containers without a shell: what the toolbox sees and leaves, how long it takes to come up, and whether it can be led out. */
export async function measureWithoutShell(cluster: EmbeddedCluster): Promise<readonly Row[]> {
  const folder = await mkdtemp(join(tmpdir(), "mb-"));
  const auditor = await startAuditor({ workDir: join(folder, "w"), log: () => {} });
  try {
    await cluster.apply(withoutShell);
    return [...(await verdictRows(cluster, auditor)), ...(await startRows(cluster)), escapeRow()];
  } finally {
    await auditor.close();
    await rm(folder, { recursive: true, force: true });
  }
}

async function verdictRows(cluster: EmbeddedCluster, auditor: Auditor): Promise<readonly Row[]> {
  const { reach, targetOf } = reaching(cluster);
  const audit = async (shell: Shell) => {
    const identity = { uri: "muster://bench/ns/pod/container", uniqueId: "bench" };
    const limits = { olderAuditor: false, presentAsContainer: false, deadlineMs: 120_000 };
    const { hdf } = await auditor.audit({ shell, profile, identity, ...limits });
    await shell.close();
    return verdictsIn(hdf);
  };
  const shares: number[] = [];
  const differing: number[] = [];
  let written = 0;
  for (const who of ["root", "hardened"]) {
    const { containerId } = await targetOf("at-privileged", who, "app");
    const before = writableLayer(containerId);
    const theirs = await audit(await reach("at-privileged", "with-shell", who));
    const ours = await audit(await reach("at-privileged", who, "app"));
    const compared = compareVerdicts(ours, theirs);
    shares.push(compared.share);
    differing.push(compared.differing.length);
    if (writableLayer(containerId) !== before) written += 1;
  }
  const what = "container-baseline without a shell, beside the same files with one (root; hardened non-root)";
  return [
    rowOf({
      id: "reach.distroless.share",
      what: `verdicts of ${what}`,
      unit: "of them",
      samples: shares,
      bar: "≥ 0.9",
    }),
    rowOf({
      id: "reach.distroless.differing",
      what: `other verdicts of ${what}`,
      unit: "controls",
      samples: differing,
      bar: "= 0",
    }),
    rowOf({
      ...{ id: "reach.writes", what: "targets whose writable layer was changed by these scans", unit: "targets" },
      ...{ samples: [written], bar: "= 0" },
    }),
  ];
}

async function startRows(cluster: EmbeddedCluster): Promise<readonly Row[]> {
  const { reach } = reaching(cluster);
  const first: number[] = [];
  const again: number[] = [];
  const toolboxes: number[] = [];
  for (let at = 0; at < starts; at += 1) {
    const name = `start-${at}`;
    const spec = { terminationGracePeriodSeconds: 1, containers: [{ name: "app", image: "muster.test/distroless:1" }] };
    await cluster.apply([{ apiVersion: "v1", kind: "Pod", metadata: { name, namespace: "at-privileged" }, spec }]);
    for (const samples of [first, again]) {
      const begun = performance.now();
      const shell = await reach("at-privileged", name, "app");
      samples.push((performance.now() - begun) / 1000);
      await shell.close();
    }
    toolboxes.push(cluster.pod("at-privileged", name)?.spec.ephemeralContainers?.length ?? 0);
  }
  return [
    rowOf({
      id: "reach.toolbox.start",
      what: "no shell found to first question, image present",
      unit: "s",
      samples: first,
      bar: "≤ 3",
    }),
    rowOf({ id: "reach.toolbox.again", what: "the same for a second scan", unit: "s", samples: again, bar: "≤ 3" }),
    rowOf({
      id: "reach.toolbox.count",
      what: "toolboxes in the pod after both",
      unit: "containers",
      samples: toolboxes,
      bar: "= 1",
    }),
  ];
}

/** Throws, and so gives no row, at the first answer that is not the kernel's for a process whose root is the tree. */
function escapeRow(): Row {
  const { attempts } = attemptEscapes(trees, 20_261);
  const what = "attempts to lead the reading toolbox out of generated trees, none of which read anything outside";
  return rowOf({ id: "reach.escapes", what, unit: "attempts", samples: [attempts], bar: "≥ 10000" });
}
