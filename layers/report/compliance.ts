import type { Counts } from "#contract/finding.ts";

/** The controls that compliance is measured on: all but those that do not apply. */
export function countedOf({ passed, failed, not_reviewed, error }: Counts): number {
  return passed + failed + not_reviewed + error;
}

/**
 * 100 × passed / (passed + failed + not_reviewed + error) in percent, rounded half up to two decimals; null when nothing
 * counts. Heimdall shows the same ratio cut off after two decimals, so it may read 0.01 less.
 */
export function complianceOf(counts: Counts): number | null {
  const counted = countedOf(counts);
  // In whole numbers, as 100 × 201 / 4000 is just below 5.025 in floating point.
  return counted === 0 ? null : Math.floor((20_000 * counts.passed + counted) / (2 * counted)) / 100;
}

/** The same ratio as `saf validate threshold` has it: rounded half up to an integer, and 0 when nothing counts. */
export function safComplianceOf(counts: Counts): number {
  const counted = countedOf(counts);
  return counted === 0 ? 0 : Math.floor((200 * counts.passed + counted) / (2 * counted));
}
