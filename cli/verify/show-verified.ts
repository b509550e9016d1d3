import { printable } from "#cluster/status.ts";
import { reasons } from "#contract/reasons.ts";
import type { ControlFace } from "./same-verdicts.ts";
import type { RunCost, VerifiedTarget } from "./verify-target.ts";

const headings = [
  "TARGET",
  "PROFILE",
  "VERIFIED",
  "CONTROLS",
  "DIFFER",
  "UNSTEADY",
  "OUR WAY",
  "ONE EXEC EACH",
] as const;

/**
 * Prints what was verified: one JSON document, or a table and each control that differs. Gives the exit code: 0 when
 * all is equal, 1 when something differs, 2 when some target could not be decided and none differs.
 */
export function showVerified(targets: readonly VerifiedTarget[], json: boolean): number {
  const exitCode = exitCodeOf(targets);
  if (json) process.stdout.write(`${JSON.stringify({ verified: exitCode === 0, targets })}\n`);
  else process.stdout.write(`${asText(targets)}\n`);
  return exitCode;
}

function exitCodeOf(targets: readonly VerifiedTarget[]): number {
  if (targets.some(({ verified }) => verified === false)) return 1;
  return targets.length > 0 && targets.every(({ verified }) => verified) ? 0 : 2;
}

function asText(targets: readonly VerifiedTarget[]): string {
  const rows = targets.map((each) => [
    each.target,
    each.profile,
    each.verified === null ? (each.reason ?? "undecided") : each.verified ? "yes" : "NO",
    ...[each.controls, each.differences.length, each.unsteady.length].map(String),
    each.sessions.map(costs).join(", ") || "–",
    each.references.map(costs).join(", ") || "–",
  ]);
  const widths = headings.map((heading, column) =>
    Math.max(heading.length, ...rows.map((row) => (row[column] ?? "").length)),
  );
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join("  ")
      .trimEnd();
  return [line(headings), ...rows.map(line), ...targets.flatMap(detailsOf)].join("\n");
}

const costs = ({ commands, execs, wallMs }: RunCost) =>
  `${commands} commands, ${execs} ${execs === 1 ? "exec" : "execs"}, ${(wallMs / 1000).toFixed(1)} s`;

function detailsOf({ target, differences, unsteady, reason, message }: VerifiedTarget): readonly string[] {
  const lines: string[] = [];
  if (reason !== null) lines.push("", `${target}: ${reason}: ${printable(message)}`, `  ${reasons[reason].advice}`);
  for (const { control, session, reference } of differences) {
    lines.push(
      "",
      `${target}: control ${control}`,
      `  our way        ${face(session)}`,
      `  one exec each  ${face(reference)}`,
    );
  }
  if (unsteady.length > 0) lines.push("", `${target}: the two reference runs disagree on ${unsteady.join(", ")}`);
  return lines;
}

function face(shown: ControlFace | null): string {
  if (shown === null) return "not reported";
  const results = shown.results.map(({ status, codeDesc, message }) =>
    printable([status, codeDesc, message].filter(Boolean).join(": ")),
  );
  return [shown.status, ...results].join("\n                   ");
}
