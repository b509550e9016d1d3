import { type Counts, controlStatuses, type Severity } from "#contract/finding.ts";
import type { Judged } from "./judged.ts";

/** How many controls ended in which status. */
export function countsOf(judged: readonly Pick<Judged, "status">[]): Counts {
  const counts: Counts = { passed: 0, failed: 0, not_applicable: 0, not_reviewed: 0, error: 0 };
  for (const { status } of judged) counts[status] += 1;
  return counts;
}

/** The same by severity; every severity is there. */
export function countsBySeverity(judged: readonly Pick<Judged, "status" | "severity">[]): Record<Severity, Counts> {
  const of = (severity: Severity) => countsOf(judged.filter((one) => one.severity === severity));
  return { none: of("none"), low: of("low"), medium: of("medium"), high: of("high"), critical: of("critical") };
}

/** All controls. */
export function totalOf(counts: Counts): number {
  return controlStatuses.reduce((sum, status) => sum + counts[status], 0);
}
