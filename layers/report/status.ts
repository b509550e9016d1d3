import type { ControlStatus } from "#contract/finding.ts";
import type { HdfControl, HdfResult } from "./hdf-control.ts";

/** Every reason that a control's status can have, and the status that it leads to. */
const statusReasons = {
  control_source_error: "error",
  exception: "error",
  unknown_result_status: "error",
  waived: "not_applicable",
  impact_zero: "not_applicable",
  no_tests_ran: "error",
  failed: "failed",
  passed: "passed",
  skipped: "not_reviewed",
  no_result_status: "error",
} as const satisfies Readonly<Record<string, ControlStatus>>;
export type StatusReason = keyof typeof statusReasons;

/** What became of a control, and why. */
export interface Verdict {
  readonly status: ControlStatus;
  readonly reason: StatusReason;
}

/**
 * The status of a control by the rules of inspecjs 2.12.6 (`compat_inspec_1_0.ts`), which are those of Heimdall and SAF;
 * the first rule that applies wins. InSpec's own `control.status` is never read: it calls a control without any test
 * passed.
 */
export function verdictOf(control: HdfControl): Verdict {
  const reason = reasonOf(control);
  return { status: statusReasons[reason], reason };
}

function reasonOf({ results, waiver, impact }: HdfControl): StatusReason {
  const broken = results.find(isError);
  if (broken !== undefined) return whatBroke(broken);
  if (waiver?.skipped) return "waived";
  if (impact === 0) return "impact_zero";
  if (results.length === 0) return "no_tests_ran";
  const has = (status: HdfResult["status"]) => results.some((result) => result.status === status);
  if (has("failed")) return "failed";
  // One passed check makes a pass of skipped ones beside it.
  if (has("passed")) return "passed";
  return has("skipped") ? "skipped" : "no_result_status";
}

/** Whether something went wrong while checking; what is no status word of the format counts too, as it cannot pass. */
export function isError(result: HdfResult): boolean {
  return result.backtrace || result.status === "error" || result.status === "unknown";
}

function whatBroke(result: HdfResult): StatusReason {
  if (result.status === "unknown") return "unknown_result_status";
  return result.codeDesc.startsWith("Control Source Code Error") ? "control_source_error" : "exception";
}
