import type { Case } from "./case.ts";
import type { Row } from "./result.ts";

const words = { pass: "pass", fail: "FAIL", "not-applicable": "not applicable" } as const;
const mostLines = 8;

/** The rows as a table for a terminal: what holds, where it was seen, and for the rest why. */
export function conformanceTable(rows: readonly Row[], cases: readonly Case[]): string {
  const titleOf = (id: string) => cases.find((each) => each.id === id)?.title ?? "";
  return rows.map((row) => [headOf(row, titleOf(row.id)), ...reasonsOf(row)].join("\n")).join("\n");
}

function headOf(row: Row, title: string): string {
  const seen = row.trials.filter(({ verdict }) => verdict === "pass").length;
  const where = row.verdict === "not-applicable" ? "" : `${seen}/${row.trials.length - skippedIn(row)}`;
  return `${row.id.padEnd(4)} ${words[row.verdict].padEnd(15)} ${where.padEnd(8)} ${title}`.trimEnd();
}

const skippedIn = (row: Row) => row.trials.filter(({ verdict }) => verdict === "not-applicable").length;

function reasonsOf(row: Row): readonly string[] {
  const more = row.why.length - mostLines;
  const lines = row.why.slice(0, mostLines).map((line) => `       ${line}`);
  return more > 0 ? [...lines, `       and ${more} more like these`] : lines;
}
