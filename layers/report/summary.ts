import type { Summary } from "#contract/summary.ts";
import { complianceOf, safComplianceOf } from "./compliance.ts";
import type { ReportContext } from "./context.ts";
import { countsBySeverity, countsOf } from "./counts.ts";
import type { Hdf } from "./hdf.ts";
import type { Judged } from "./judged.ts";

/** Identity, way, counts and cost of one scan. */
export function summaryOf(judged: readonly Judged[], hdf: Hdf, context: ReportContext): Summary {
  const counts = countsOf(judged);
  return {
    schemaVersion: 1,
    scanId: context.scanId,
    taskId: context.taskId,
    attempt: context.attempt,
    target: context.target,
    serverVersion: context.serverVersion,
    way: context.way,
    wayReasons: [...context.wayReasons],
    borrowed: [...context.borrowed],
    profile: { ...context.profile, version: hdf.profile.version, title: hdf.profile.title },
    inputs: context.inputs,
    waivers: context.waivers,
    platform: hdf.platform,
    auditor: context.auditor,
    ...(context.presentedAsContainer && { presentedAsContainer: true }),
    ...(context.containerFacts && { containerFacts: true }),
    signed: context.signed,
    startedAt: context.startedAt,
    finishedAt: context.finishedAt,
    counts,
    countsBySeverity: countsBySeverity(judged),
    compliance: complianceOf(counts),
    safCompliance: safComplianceOf(counts),
    transport: context.transport,
  };
}
