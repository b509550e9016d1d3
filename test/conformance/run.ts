import { parseArgs } from "node:util";
import { printable } from "#cluster/status.ts";
import { asScanError, ScanError } from "#contract/errors.ts";
import { reasons } from "#contract/reasons.ts";
import { cases } from "./cases.ts";
import { elsewhere } from "./elsewhere.ts";
import { embeddedPlace, foreignPlace, type Place, versionsFrom } from "./place.ts";
import { resultOf, rowsOf } from "./result.ts";
import { runCases, subjectsOf } from "./suite.ts";
import { conformanceTable } from "./table.ts";
import type { Trial } from "./trial.ts";

const usage = `npm run conformance [-- options]: holds muster's transport to its specification, T by T.

  --json              one line of JSON on stdout instead of the table
  --versions LIST     of the embedded cluster: 1.27,1.31,1.36 (default all)
  --only LIST         these cases only: T7,T12
  --kubeconfig FILE, --context NAME
                      your own cluster instead of the embedded one
  -n, --namespace NS  where the containers are (with your own cluster)
  -l, --selector SEL  which pods (default all in the namespace)

Exit code: 0 nothing failed, 1 something failed, 2 it could not run.
`;

const base = new URL("../../.muster/conformance", import.meta.url).pathname;
let current: Place | undefined;
const say = (line: string) => void process.stderr.write(`${line}\n`);

async function main(): Promise<number> {
  const options = read();
  if (options.help) {
    process.stdout.write(usage);
    return 0;
  }
  const only = options.only === undefined ? undefined : new Set(options.only.toUpperCase().split(","));
  const known = new Set<string>([...cases, ...elsewhere].map(({ id }) => id));
  for (const id of only ?? []) if (!known.has(id)) throw new ScanError("bad-request", `--only: there is no ${id}`);
  const chosen = cases.filter(({ id }) => only === undefined || only.has(id));
  const trials: Trial[] = [];
  const places = placesFor(options);
  for (const open of places) {
    const place = await open();
    current = place;
    try {
      const subjects = await subjectsOf(place, say);
      const here = chosen.filter(({ where }) => where !== "last" || open === places.at(-1));
      say(`${place.version}: ${here.length} cases in ${subjects.length} containers`);
      trials.push(...(await runCases(here, place, subjects, tell)));
    } finally {
      current = undefined;
      await place.leave();
    }
  }
  const rows = rowsOf(trials, only);
  const result = resultOf(rows);
  if (options.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  else {
    const { total, passed, failed, notApplicable } = result;
    const counts = `${total} behaviours: ${passed} pass, ${failed.length} FAIL, ${notApplicable.length} not applicable`;
    process.stdout.write(`${conformanceTable(rows, chosen)}\n\n${counts}\n`);
  }
  if (result.passed + result.failed.length === 0) throw new ScanError("nothing-matched", "no case could be tried");
  return result.failed.length === 0 ? 0 : 1;
}

function read() {
  try {
    return parseArgs({
      options: {
        json: { type: "boolean" },
        help: { type: "boolean", short: "h" },
        versions: { type: "string" },
        only: { type: "string" },
        kubeconfig: { type: "string" },
        context: { type: "string" },
        namespace: { type: "string", short: "n" },
        selector: { type: "string", short: "l" },
      },
    }).values;
  } catch (error) {
    throw new ScanError("bad-request", error instanceof Error ? error.message : String(error));
  }
}

function placesFor(options: ReturnType<typeof read>): readonly (() => Promise<Place>)[] {
  const { kubeconfig, context, namespace, selector } = options;
  if (kubeconfig === undefined && context === undefined && namespace === undefined && selector === undefined) {
    return versionsFrom(options.versions).map((version) => () => embeddedPlace(version, base));
  }
  if (options.versions !== undefined) {
    throw new ScanError("bad-request", "--versions is for the embedded cluster; your own has the version it has");
  }
  if (namespace === undefined) {
    throw new ScanError("bad-request", "name the namespace with -n: none is ever assumed");
  }
  return [() => foreignPlace({ kubeconfig, context, namespace, selector })];
}

function tell({ id, version, image, verdict, why, elapsedMs }: Trial): void {
  const word = verdict === "fail" ? `FAIL ${why}` : verdict === "pass" ? "pass" : `not applicable: ${why}`;
  say(`${version} ${id} ${image} ${(elapsedMs / 1000).toFixed(1)} s ${word}`);
}

for (const [signal, code] of [
  ["SIGINT", 130],
  ["SIGTERM", 143],
] as const) {
  process.once(signal, () => {
    // An embedded cluster has containers and mounts, which would outlive this process.
    void (current?.leave() ?? Promise.resolve()).finally(() => process.exit(code));
  });
}
try {
  process.exitCode = await main();
} catch (thrown) {
  const { code, message } = asScanError(thrown);
  say(`conformance: ${code}: ${printable(message)}`);
  say(`  ${reasons[code].advice}`);
  if (process.env.MUSTER_DEBUG && thrown instanceof Error) say(thrown.stack ?? "");
  process.exitCode = 2;
}
