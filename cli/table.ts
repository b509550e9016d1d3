import { printable } from "#cluster/status.ts";
import type { Outcome } from "#contract/outcome.ts";

const headings = ["TARGET", "WAY", "PASSED", "FAILED", "N/A", "NOT REVIEWED", "ERROR", "COMPLIANCE", "REASON"] as const;
const numeric: ReadonlySet<string> = new Set(headings.slice(2, 8));

/** Outcomes as a table for a terminal: a line each, columns aligned, no text of a container that could steer it. */
export function outcomeTable(outcomes: readonly Outcome[]): string {
  const rows = outcomes.map((outcome) => {
    const { counts } = outcome;
    const cells = counts
      ? [counts.passed, counts.failed, counts.not_applicable, counts.not_reviewed, counts.error].map(String)
      : ["", "", "", "", ""];
    const compliance = outcome.compliance === null ? "" : `${outcome.compliance.toFixed(2)} %`;
    return [outcome.subject, outcome.way ?? "–", ...cells, compliance, outcome.reason ?? ""];
  });
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => {
        const width = widths[column] ?? 0;
        return numeric.has(headings[column] ?? "") ? cell.padStart(width) : cell.padEnd(width);
      })
      .join("  ")
      .trimEnd();
  return [line(headings), ...rows.map(line)].join("\n");
}

/** Why targets have no verdict, a line each: the reason's own message. */
export function unscannedLines(outcomes: readonly Outcome[]): string {
  return outcomes
    .filter((outcome) => outcome.outcome !== "scanned")
    .map((outcome) => `  ${outcome.subject}: ${outcome.reason}: ${printable(outcome.message)}`)
    .join("\n");
}
