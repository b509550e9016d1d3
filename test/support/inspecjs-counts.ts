import { contextualizeEvaluation, convertFile } from "inspecjs";
import type { ControlStatus, Counts } from "#contract/finding.ts";

const words: Readonly<Record<string, ControlStatus>> = {
  Passed: "passed",
  Failed: "failed",
  "Not Applicable": "not_applicable",
  "Not Reviewed": "not_reviewed",
  "Profile Error": "error",
};

/** What Heimdall's reader counts in a report: the oracle for our own status engine. */
export function countByInspecjs(hdf: string): Counts {
  const evaluation = convertFile(hdf)["1_0_ExecJson"];
  if (evaluation === undefined) throw new Error("inspecjs does not take it for a report");
  const counts = { passed: 0, failed: 0, not_applicable: 0, not_reviewed: 0, error: 0 };
  for (const profile of contextualizeEvaluation(evaluation).contains) {
    for (const control of profile.contains) {
      const word = words[control.root.hdf.status];
      if (control.extendedBy.length === 0 && word !== undefined) counts[word] += 1;
    }
  }
  return counts;
}
