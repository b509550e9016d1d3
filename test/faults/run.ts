import { join } from "node:path";
import { parseArgs } from "node:util";
import { startCluster } from "#embedded/cluster/cluster.ts";
import { seeded } from "#test/support/seeded.ts";
import { faultCases } from "./cases.ts";
import { runMatrix } from "./cloud/run.ts";
import { record } from "./recording.ts";
import { worldOf } from "./world.ts";

if (process.argv[2] === "cloud") await runMatrix(process.argv.slice(3));

/**
 * The long fault run: `node test/faults/run.ts [--json] [--seed N] [--sample] [--only ID] [--folder NAME]`. Needs root and containerd.
 * Exit code 0 when every fault ended in the true answer or a typed error, else 1.
 */
const { values } = parseArgs({
  options: {
    json: { type: "boolean", default: false },
    sample: { type: "boolean", default: false },
    seed: { type: "string", default: "1" },
    only: { type: "string" },
    folder: { type: "string", default: "faults-cluster" },
  },
});
const baseDir = join(import.meta.dirname, `../../.muster/${values.folder}`);
const cluster = await startCluster({ baseDir, log: (line) => process.stderr.write(`${line}\n`) });
const rows: { id: string; what: string; runs: number; wrong: readonly string[] }[] = [];
try {
  const world = await worldOf(cluster);
  const recording = await record(world.proxy, world.through, world.target);
  for (const { id, what, run } of faultCases.filter((each) => values.only === undefined || each.id === values.only)) {
    process.stderr.write(`${id}: ${what}\n`);
    const context = { world, recording, random: seeded(Number(values.seed)), extent: values.sample ? "sample" : "all" };
    const tried = await run(context as Parameters<typeof run>[0]).catch((error: unknown) => ({
      ...{ runs: 0, wrong: [`the case itself failed: ${String(error)}`] },
    }));
    rows.push({ id, what, ...tried });
    process.stderr.write(`  ${tried.runs} runs, ${tried.wrong.length} wrong\n`);
    for (const fault of tried.wrong.slice(0, 20)) process.stderr.write(`  ${fault}\n`);
  }
  await world.close();
} finally {
  await cluster.stop();
}
const failed = rows.filter(({ wrong }) => wrong.length > 0).map(({ id }) => id);
const total = rows.reduce((sum, { runs }) => sum + runs, 0);
if (values.json)
  process.stdout.write(`${JSON.stringify({ seed: Number(values.seed), total, failed, rows }, null, 2)}\n`);
else process.stdout.write(`${total} faults of ${rows.length} kinds, ${failed.length} kinds failed\n`);
process.exitCode = failed.length === 0 ? 0 : 1;
