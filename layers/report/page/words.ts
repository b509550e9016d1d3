import type { ControlStatus, Severity, WaiverState } from "#contract/finding.ts";
import type { Way } from "#contract/shell.ts";
import type { StatusReason } from "../status.ts";

/** The words of the page, one table a vocabulary. */
export const statusWords: Readonly<Record<ControlStatus, string>> = {
  failed: "Failed",
  error: "Error",
  not_reviewed: "Not reviewed",
  passed: "Passed",
  not_applicable: "Not applicable",
};

/** Worst first: the order of bars, tables and sections. */
export const statusOrder = ["failed", "error", "not_reviewed", "passed", "not_applicable"] as const;

export const severityWords: Readonly<Record<Severity, string>> = {
  critical: "Critical",
  high: "High",
  medium: "Medium",
  low: "Low",
  none: "None",
};
export const severityOrder = ["critical", "high", "medium", "low", "none"] as const;

/** Said under a control where its status alone does not tell. */
export const reasonWords: Readonly<Record<StatusReason, string>> = {
  control_source_error: "The control's source could not be loaded.",
  exception: "Something was raised while checking, so nothing was decided.",
  unknown_result_status: "A check ended with a status that the format does not know.",
  no_result_status: "A check ended without a status.",
  no_tests_ran: "No test ran, so nothing was decided.",
  waived: "Not run: waived.",
  impact_zero: "Does not apply here (impact 0).",
  skipped: "Every check was skipped: somebody has to look.",
  failed: "",
  passed: "",
};

export const waiverWords: Readonly<Record<WaiverState, string>> = {
  none: "",
  not_run: "Waived, not run",
  accepted: "Waiver: result accepted",
  expired: "Waiver expired",
};

export const wayWords: Readonly<Record<Way, string>> = {
  shell: "In the container, through its own shell",
  "toolbox-chroot": "From a toolbox container beside it, with chroot into its root",
  "toolbox-read": "From a toolbox container beside it, by reading its files",
  sidecar: "From a sidecar that shares its processes",
  windows: "In the container, through cmd and PowerShell",
  image: "From the image's layers; changes since the start cannot be seen",
};

/** `1 control`, `2 controls`; numbers in groups of three. */
export function plural(count: number, noun: string): string {
  return `${grouped(count)} ${noun}${count === 1 ? "" : "s"}`;
}

export function grouped(count: number): string {
  return String(count).replaceAll(/\B(?=(\d{3})+$)/g, ",");
}

/** 2026-11-24T03:00:00.000Z as `2026-11-24 03:00:00 UTC`. */
export function timeWords(utc: string): string {
  return utc.replace("T", " ").replace(/(\.\d+)?Z$/, " UTC");
}
