import { parseArgs } from "node:util";
import { oneRun } from "./one-run.ts";
import { startPlace } from "./place.ts";
import { planRun } from "./plan.ts";

/**
 * The fault matrix of queues and books: `npm run faults -- cloud [--json] [--runs N] [--seed N]`. Each run is one scan
 * through dispatcher, executor and dead-letter with faults that follow from its seed, in virtual time.
 */
export async function runMatrix(words: readonly string[]): Promise<void> {
  const { values } = parseArgs({
    args: [...words],
    options: {
      json: { type: "boolean", default: false },
      runs: { type: "string", default: "2000" },
      seed: { type: "string", default: "1" },
    },
  });
  const place = await startPlace();
  const first = Number(values.seed);
  const failed: { readonly seed: number; readonly wrong: readonly string[] }[] = [];
  for (let seed = first; seed < first + Number(values.runs); seed += 1) {
    const wrong = await oneRun(seed, place).catch((error: unknown) => [`the run itself failed: ${String(error)}`]);
    if (wrong.length === 0) continue;
    failed.push({ seed, wrong });
    const { faults, deaths, pods, outageMs, cancelAt, patient, atOnce } = planRun(seed);
    const plan = { faults, deaths: [...deaths], pods, outageMs, cancelAt, patient, atOnce };
    process.stderr.write(`seed ${seed}: ${wrong.join("; ")}\n  ${JSON.stringify(plan)}\n`);
  }
  await place.close();
  const total = Number(values.runs);
  process.stdout.write(
    values.json ? `${JSON.stringify({ total, failed })}\n` : `${total} runs, ${failed.length} of them wrong\n`,
  );
  process.exit(failed.length === 0 ? 0 : 1);
}
