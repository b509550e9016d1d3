import { join } from "node:path";
import { printable } from "#cluster/status.ts";
import { reasons } from "#contract/reasons.ts";
import type { Carried } from "./carry-out.ts";
import { outcomeTable, unscannedLines } from "./table.ts";

const longestLine = 2_000;

/** Prints how a scan ended: one JSON document, or a table and where the reports lie. Gives the exit code. */
export function showOutcomes(carried: Carried, json: boolean): number {
  const { scanId, outcomes, evidence } = carried;
  const scanned = outcomes.filter((outcome) => outcome.outcome === "scanned");
  if (json) {
    const reports = outcomes.map(({ subject, outcome, reason, way, counts, compliance, key, message }) => {
      return { target: subject, outcome, reason, way, counts, compliance, key, message };
    });
    process.stdout.write(`${JSON.stringify({ scanId, reports, store: evidence })}\n`);
  } else {
    process.stdout.write(`${outcomeTable(outcomes)}\n`);
    const without = unscannedLines(outcomes);
    if (without !== "") process.stdout.write(`\nNot scanned:\n${without}\n`);
    if (scanned.length > 0) {
      process.stdout.write(
        `\nReports (report.html, hdf.json, summary.json, findings.ndjson.gz, manifest.json, attestation.sigstore.json):\n`,
      );
      for (const { key } of scanned) process.stdout.write(`  ${join(evidence, key ?? "", "report.html")}\n`);
    }
    process.stdout.write(`\nScan ${scanId}: ${scanned.length} of ${outcomes.length} targets scanned\n`);
  }
  if (scanned.length > 0) return 0;
  for (const outcome of outcomes) {
    const advice = outcome.reason === null ? "" : reasons[outcome.reason].advice;
    process.stderr.write(`muster: ${outcome.reason}: ${printable(outcome.message, longestLine)}\n  ${advice}\n`);
  }
  return 2;
}
