import { fullRun } from "#test/canaries/full-run.ts";
import { ownCluster } from "../own-cluster.ts";
import { type Row, rowOf } from "../row.ts";

/** Secrets planted wherever secrets are, and looked for in everything that a full run writes. */
export async function canaries(): Promise<readonly Row[]> {
  const cluster = await ownCluster();
  try {
    const { found, decoys, outputs, canaries: planted } = await fullRun(cluster);
    if (decoys.length === 0) throw new Error("the search found not even what everybody may see");
    const what = `canaries found in logs, reports, errors (${planted.length} planted, ${outputs.length} outputs searched)`;
    return [rowOf({ id: "cloud.canaries.found", what, unit: "", samples: [found.length], bar: "= 0" })];
  } finally {
    await cluster.stop();
  }
}
