import { execFile } from "node:child_process";
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { bundleInto } from "../../../infra/constructs/bundle.ts";
import { type Row, rowOf } from "../row.ts";

const run = promisify(execFile);
const starts = 15;

/** Times the import alone: the start of Node itself is Lambda's, and the same for an empty function. */
const script = `const begun = performance.now();
  await import(process.argv[1]);
  process.stdout.write(String(performance.now() - begun));`;

/** What the zip functions weigh, and how long Node 24 takes to import them, each time in a process of its own. */
export async function bundles(): Promise<readonly Row[]> {
  const folder = mkdtempSync(join(tmpdir(), "muster-bundles-"));
  try {
    const rows: Row[] = [];
    for (const name of ["dispatcher", "dead-letter", "rollup"]) {
      bundleInto(join(folder, name), name, { "registry.json": { schemaVersion: 1, clusters: [], schedules: [] } });
      const file = join(folder, name, "index.mjs");
      const times: number[] = [];
      for (let start = 0; start < starts; start += 1) times.push(await importMs(file));
      const what = `${name}: bundle of functions/${name}/lambda.ts with everything it imports`;
      rows.push(
        rowOf({ id: `cloud.bundle.${name}`, what, unit: "MB", samples: [statSync(file).size / 1e6], bar: "≤ 1.5" }),
        rowOf({ id: `cloud.import.${name}`, what: `${name}: cold import`, unit: "ms", samples: times, bar: "≤ 250" }),
      );
    }
    return rows;
  } finally {
    rmSync(folder, { recursive: true });
  }
}

async function importMs(file: string): Promise<number> {
  const env = {
    ...{ DEPLOYMENT: "muster-bench", QUEUE_URL_BASE: "https://sqs.us-east-1.amazonaws.com/000000000000" },
    ...{ EVIDENCE_BUCKET: "evidence", PUBLISHED_BUCKET: "published", AWS_REGION: "us-east-1" },
  };
  const { stdout } = await run(process.execPath, ["--input-type=module", "-e", script, file], { env });
  return Number(stdout);
}
