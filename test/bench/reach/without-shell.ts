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
    return [...(await verdictRows(cluster, auditor)), ...(await startRows(cluster)), ...escapeRows()];
  } finally {
    await auditor.close();
    await rm(folder, { recursive: true, force: true });
  }
}

/** Pods without a shell, each with the container of the same files and rights that has one. */
const pairs = [
  { as: "root", namespace: "at-privileged", pod: "root", shellIn: "root" },
  { as: "hardened", namespace: "at-privileged", pod: "hardened", shellIn: "hardened" },
  { as: "restricted", namespace: "at-restricted", pod: "hardened", shellIn: "app" },
] as const;

async function verdictRows(cluster: EmbeddedCluster, auditor: Auditor): Promise<readonly Row[]> {
  const { reach, targetOf } = reaching(cluster);
  const audit = async (shell: Shell) => {
    const identity = { uri: "muster://bench/ns/pod/container", uniqueId: "bench" };
    const limits = { olderAuditor: false, presentAsContainer: false, deadlineMs: 120_000 };
    const { hdf } = await auditor.audit({ shell, profile, identity, ...limits });
    await shell.close();
    return verdictsIn(hdf);
  };
  const rows: Row[] = [];
  let written = 0;
  for (const { as, namespace, pod, shellIn } of pairs) {
    const { containerId } = await targetOf(namespace, pod, "app");
    const before = writableLayer(containerId);
    const theirs = await audit(await reach(namespace, "with-shell", shellIn));
    const shell = await reach(namespace, pod, "app");
    const { share, differing } = compareVerdicts(await audit(shell), theirs);
    if (writableLayer(containerId) !== before) written += 1;
    const what = `container-baseline without a shell (${as}, ${shell.way}), beside the same files with one`;
    rows.push(
      rowOf({
        ...{ id: `reach.distroless.share.${as}`, what: `verdicts of ${what}`, unit: "of them" },
        ...{ samples: [share], bar: "≥ 0.9" },
      }),
      rowOf({
        ...{ id: `reach.distroless.differing.${as}`, what: `other verdicts of ${what}`, unit: "controls" },
        ...{ samples: [differing.length], bar: "= 0" },
      }),
    );
  }
  const what = "targets whose writable layer was changed by these scans";
  return [...rows, rowOf({ id: "reach.writes", what, unit: "targets", samples: [written], bar: "= 0" })];
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

function escapeRows(): readonly Row[] {
  const { attempts, outside, differing } = attemptEscapes(trees, 20_261);
  const what = "attempts to lead the reading toolbox out of generated trees";
  return [
    rowOf({ id: "reach.escapes", what, unit: "attempts", samples: [attempts], bar: "≥ 10000" }),
    rowOf({
      ...{ id: "reach.escapes.outside", what: `${what} that read outside`, unit: "attempts" },
      ...{ samples: [outside.length], bar: "= 0" },
    }),
    rowOf({
      ...{ id: "reach.escapes.differing", what: `${what} whose answer is not the kernel's`, unit: "attempts" },
      ...{ samples: [differing.length], bar: "= 0" },
    }),
  ];
}
