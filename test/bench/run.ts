import { mkdirSync, writeFileSync } from "node:fs";
import { cpus, totalmem } from "node:os";
import { parseArgs } from "node:util";
import type { Row } from "./row.ts";

/** The measurements by name. */
const benches: Readonly<Record<string, () => Promise<{ measure: (report: Report) => Promise<void> }>>> = {
  scan: () => import("./scan/measure.ts"),
  reach: () => import("./reach/measure.ts"),
  transport: () => import("./transport/measure.ts"),
  cloud: () => import("./cloud/measure.ts"),
};

/** Takes rows as they come. With `only`, a measurement skips what does not lead to that row. */
export interface Report {
  readonly only: string | undefined;
  take(rows: readonly Row[]): void;
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: "boolean", default: false }, only: { type: "string" }, save: { type: "boolean" } },
});
const [name = ""] = positionals;
const load = benches[name];
if (load === undefined) {
  process.stderr.write(`usage: npm run bench -- ${Object.keys(benches).join("|")} [--json] [--only FILE] [--save]\n`);
  process.exit(2);
}
if (values.save && values.only !== undefined) {
  process.stderr.write(
    "--save: keeps a whole measurement, and --only would leave out the rest of it; give one of them\n",
  );
  process.exit(2);
}
const rows: Row[] = [];
await (await load()).measure({
  only: values.only,
  take(more) {
    for (const row of more) process.stderr.write(`${inOneLine(row)}\n`);
    rows.push(...more);
    keep();
  },
});
if (values.json) process.stdout.write(`${JSON.stringify(documentOf())}\n`);
process.exit(rows.length > 0 && rows.every(({ holds }) => holds) ? 0 : 1);

function inOneLine({ id, what, value, unit, bar, holds, spread }: Row): string {
  return `${holds ? "holds" : "FAILS"}  ${id}: ${value} ${unit} (bar ${bar}; ${spread.min} to ${spread.max}): ${what}`;
}

function documentOf() {
  const [cpu] = cpus();
  const machine = `${cpus().length} × ${cpu?.model.trim() ?? "?"}, ${Math.round(totalmem() / 2 ** 30)} GiB, Node ${process.version}`;
  return { machine, date: new Date().toISOString(), rows };
}

/** After each part, so that a long measurement that is broken off keeps what it has. */
function keep(): void {
  if (!values.save) return;
  const folder = new URL("./results/", import.meta.url);
  mkdirSync(folder, { recursive: true });
  writeFileSync(new URL(`${name}.json`, folder), `${JSON.stringify(documentOf(), null, 2)}\n`);
}
