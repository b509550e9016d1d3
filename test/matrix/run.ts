import { mkdirSync, writeFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { printable } from "#cluster/status.ts";
import { asScanError, ScanError } from "#contract/errors.ts";
import { RequirementError } from "#embedded/cluster/requirements.ts";
import { ownCluster } from "#test/bench/own-cluster.ts";
import { usualProfile } from "./profiles.ts";
import { type MatrixDocument, type MatrixResult, resultId, savedResults } from "./result.ts";
import { endOf } from "./row.ts";
import { rows } from "./rows.ts";
import { runMatrix } from "./suite.ts";
import { matrixTable } from "./table.ts";
import { type Trial, trialsOf } from "./trials.ts";

const usage = `npm run matrix [-- options]: scans one container of each kind, by whole requests, and tells how each ends.

  --json        one line of JSON on stdout instead of the table
  --only LIST   these rows only: debian,windows
  --save        keeps the results in test/bench/results/matrix.json, from which npm run docs makes the README's table

Exit code: 0 every row ended as it must, 1 one did not, 2 it could not run. Needs root and containerd.
`;

const say = (line: string) => void process.stderr.write(`${line}\n`);
let stop: (() => Promise<void>) | undefined;

async function main(): Promise<number> {
  const options = read();
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const trials = trialsOf(chosen(options.only));
  if (options.save && options.only !== undefined) throw new ScanError("bad-request", "--save keeps whole runs only");
  const cluster = await ownCluster();
  stop = cluster.stop;
  try {
    const results = await runMatrix(cluster, trials, tell(trials));
    const document: MatrixDocument = { profile: usualProfile, date: new Date().toISOString(), rows: [...results] };
    if (options.save) {
      mkdirSync(new URL(".", savedResults), { recursive: true });
      writeFileSync(savedResults, `${JSON.stringify(document, null, 2)}\n`);
    }
    process.stdout.write(options.json ? `${JSON.stringify(document)}\n` : `${matrixTable(results)}\n`);
    return results.length === trials.length && trials.every((trial, at) => holds(trial, results[at])) ? 0 : 1;
  } finally {
    await cluster.stop();
  }
}

const holds = ({ row, version }: Trial, result: MatrixResult | undefined) => result?.end === endOf(row, version);

function tell(trials: readonly Trial[]) {
  return (result: MatrixResult, elapsedMs: number) => {
    const trial = trials.find(({ row, version }) => row.id === result.id && version === result.version);
    const word = trial === undefined || holds(trial, result) ? "" : `  MUST BE ${endOf(trial.row, trial.version)}`;
    say(`${(elapsedMs / 1000).toFixed(1).padStart(5)} s  ${resultId(result)}: ${result.end}${word}`);
  };
}

function chosen(list: string | undefined) {
  if (list === undefined) return rows;
  const ids = list.split(",");
  for (const id of ids) {
    if (!rows.some((row) => row.id === id)) throw new ScanError("bad-request", `--only: there is no row ${id}`);
  }
  return rows.filter(({ id }) => ids.includes(id));
}

function read() {
  try {
    return parseArgs({
      options: {
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
        only: { type: "string" },
        save: { type: "boolean" },
      },
    }).values;
  } catch (error) {
    throw new ScanError("bad-request", error instanceof Error ? error.message : String(error));
  }
}

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.once(signal, () => {
    // The cluster has containers and mounts, which would outlive this process.
    void (stop?.() ?? Promise.resolve()).finally(() => process.exit(code));
  });
}
try {
  process.exitCode = await main();
} catch (thrown) {
  const { code, message } = asScanError(thrown);
  // The machine lacks something: that is no failure of muster.
  say(`matrix: ${thrown instanceof RequirementError ? "" : `${code}: `}${printable(message)}`);
  if (process.env.MUSTER_DEBUG && thrown instanceof Error) say(thrown.stack ?? "");
  process.exitCode = 2;
}
