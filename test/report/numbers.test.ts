import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Counts } from "#contract/finding.ts";
import { complianceOf, safComplianceOf } from "#report/compliance.ts";
import { countsBySeverity, countsOf, totalOf } from "#report/counts.ts";
import { severityOf } from "#report/severity.ts";

const counts = (given: Partial<Counts>): Counts => ({
  passed: 0,
  failed: 0,
  not_applicable: 0,
  not_reviewed: 0,
  error: 0,
  ...given,
});

describe("compliance", () => {
  it("is 28.05 for 23 of 82, where SAF says 28 and Heimdall 28.04", () => {
    const sample = counts({ passed: 23, failed: 35, not_applicable: 101, not_reviewed: 12, error: 12 });
    expect([complianceOf(sample), safComplianceOf(sample)]).toEqual([28.05, 28]);
  });

  it("rounds a half up, where floating point would fall below it", () => {
    expect(complianceOf(counts({ passed: 201, failed: 3_799 }))).toBe(5.03);
  });

  it("is null when nothing counts, and 0 to SAF", () => {
    const nothing = counts({ not_applicable: 3 });
    expect([complianceOf(nothing), safComplianceOf(nothing)]).toEqual([null, 0]);
  });

  it("counts an error and an unreviewed control against the target", () => {
    expect(complianceOf(counts({ passed: 1, error: 1, not_reviewed: 2 }))).toBe(25);
  });

  it("is SAF's integer for any counts", () => {
    const count = fc.nat(500);
    fc.assert(
      fc.property(count, count, count, count, (passed, failed, not_reviewed, error) => {
        const divisor = passed + failed + not_reviewed + error;
        const saf = divisor === 0 ? 0 : Math.round((100 * passed) / divisor);
        expect(safComplianceOf(counts({ passed, failed, not_reviewed, error }))).toBe(saf);
      }),
    );
  });
});

describe("counts", () => {
  const judged = [
    { status: "failed", severity: "high" },
    { status: "failed", severity: "low" },
    { status: "passed", severity: "high" },
  ] as const;

  it("adds up to all controls", () => {
    expect(totalOf(countsOf(judged))).toBe(3);
  });

  it("has every severity, also those without a control", () => {
    expect(countsBySeverity(judged)).toEqual({
      none: counts({}),
      low: counts({ failed: 1 }),
      medium: counts({}),
      high: counts({ failed: 1, passed: 1 }),
      critical: counts({}),
    });
  });
});

describe("severity", () => {
  it.each([
    [0, "none"],
    [0.09, "none"],
    [0.1, "low"],
    [0.39, "low"],
    [0.4, "medium"],
    [0.69, "medium"],
    [0.7, "high"],
    [0.89, "high"],
    [0.9, "critical"],
    [2, "critical"],
  ])("impact %d is %s", (impact, severity) => {
    expect(severityOf({ impact, severityTags: [] })).toBe(severity);
  });

  it("is the tag's where there is one, in lower case", () => {
    expect(severityOf({ impact: 0, severityTags: ["High"] })).toBe("high");
  });

  it("is the override's before the tag's", () => {
    expect(severityOf({ impact: 0.5, severityTags: ["low", "critical"] })).toBe("low");
  });

  it("passes over a word that is no severity", () => {
    expect(severityOf({ impact: 0.5, severityTags: ["CAT II", "high"] })).toBe("high");
  });
});
