import { readFileSync } from "node:fs";
import * as z from "zod";
import { betweenMarks } from "./between-marks.ts";

const begin = "<!-- speed: begin (npm run bench -- scan --save, then npm run docs) -->";
const end = "<!-- speed: end -->";

const Row = z.looseObject({
  ...{ id: z.string(), what: z.string(), value: z.number(), unit: z.string(), bar: z.string(), holds: z.boolean() },
  spread: z.object({ min: z.number(), max: z.number() }),
});
const Results = z.object({ machine: z.string(), date: z.string(), rows: z.array(Row) });

/** The README with its table of speed made anew from the kept results of `npm run bench -- scan`. */
export function withSpeedTable(readme: string): string {
  const path = new URL("../../test/bench/results/scan.json", import.meta.url);
  const { machine, date, rows } = Results.parse(JSON.parse(readFileSync(path, "utf8")));
  const lines = rows.map(
    ({ what, value, unit, bar, holds, spread }) =>
      `| ${what} | ${value} ${unit} | ${spread.min} – ${spread.max} | ${bar} | ${holds ? "yes" : "**no**"} |`,
  );
  const head = `Measured on ${date.slice(0, 10)}, ${machine}: \`npm run bench -- scan\`, all sides of a ratio in one run.`;
  const table = ["| what | median | spread | bar | holds |", "|---|---|---|---|---|", ...lines].join("\n");
  return betweenMarks(readme, begin, end, `${head}\n\n${table}`);
}
