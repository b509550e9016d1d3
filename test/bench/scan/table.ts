import type { Row } from "../row.ts";

const headings = ["what was measured", "median", "from", "to", "bar", ""] as const;

/** The rows as one table for people, which needs no knowledge of the ids. */
export function asTable(rows: readonly Row[]): string {
  const cells = rows.map(({ what, value, unit, bar, holds, spread }) => [
    what,
    `${value} ${unit}`,
    String(spread.min),
    String(spread.max),
    bar,
    holds ? "holds" : "FAILS",
  ]);
  const lines = [headings, ...cells];
  const widths = headings.map((_, column) => Math.max(...lines.map((line) => line[column]?.length ?? 0)));
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column] ?? 0))
        .join("  ")
        .trimEnd(),
    )
    .join("\n");
}
