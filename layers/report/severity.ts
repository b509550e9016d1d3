import { type Severity, severities } from "#contract/finding.ts";
import type { HdfControl } from "./hdf-control.ts";

/**
 * How much a control matters: `tags.severityoverride`, then `tags.severity` where they are one of the five words in any
 * case, then the band of its impact (InSpec's: below 0.1, 0.4, 0.7, 0.9). Always in lower case; inspecjs keeps the tag's.
 */
export function severityOf({ severityTags, impact }: Pick<HdfControl, "severityTags" | "impact">): Severity {
  for (const tag of severityTags) {
    const severity = severities.find((word) => word === tag.toLowerCase());
    if (severity !== undefined) return severity;
  }
  if (impact < 0.1) return "none";
  if (impact < 0.4) return "low";
  if (impact < 0.7) return "medium";
  return impact < 0.9 ? "high" : "critical";
}
