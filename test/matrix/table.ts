import type { MatrixResult } from "./result.ts";

/** The matrix as a table in Markdown: a line for each row, and one more for each version on which it ends otherwise. */
export function matrixTable(results: readonly MatrixResult[]): string {
  const lines = [...Map.groupBy(results, (result) => `${result.id} ${result.end}`).values()].map(lineOf);
  const head =
    "| container | namespace; policy | way or reason | controls with a verdict | what the report says | shown by |";
  return [head, "|---|---|---|---|---|---|", ...lines].join("\n");
}

function lineOf(same: readonly MatrixResult[]): string {
  const [first] = same;
  if (first === undefined) return "";
  const { title, place, end, verdicts, says, shown } = first;
  const versions = same.map(({ version }) => version);
  const many = versions.length > 1 || versions[0] !== "1.36";
  const cells = [
    many ? `${title} (Kubernetes ${[...versions].sort().join(", ")})` : title,
    place,
    `\`${end}\``,
    verdicts === null ? "–" : `${verdicts.given} of ${verdicts.of}`,
    says,
    shown,
  ];
  return `| ${cells.map((cell) => cell.replaceAll("|", "\\|")).join(" | ")} |`;
}
