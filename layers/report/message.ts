import type { HdfControl, HdfResult } from "./hdf-control.ts";
import type { Judged } from "./judged.ts";
import { isError } from "./status.ts";

/** The checks that made a control what it is; none for a pass. */
export function decidingResults({ control, status }: Pick<Judged, "control" | "status">): readonly HdfResult[] {
  const { results } = control;
  if (status === "error") return results.some(isError) ? results.filter(isError) : results;
  if (status === "failed") return results.filter((result) => result.status === "failed");
  if (status === "passed") return [];
  return results.filter((result) => result.status === "skipped");
}

/** What one check has to say: its message, else why it was skipped, else the exception, else what it looked at. */
export function wordsOf(result: HdfResult): string {
  const words = [result.message, result.skipMessage, result.exception, result.codeDesc].map((text) => text.trim());
  return words.find((text) => text !== "") ?? "";
}

/** Why a control has its status, in the auditor's words; each said once. Empty for a pass. */
export function messageOf(judged: Pick<Judged, "control" | "status" | "reason">): string {
  if (judged.reason === "no_tests_ran") return "No test ran: the control has no results.";
  if (judged.reason === "waived") return justification(judged.control);
  return [...new Set(decidingResults(judged).map(wordsOf))].filter((words) => words !== "").join("\n");
}

function justification({ waiver }: HdfControl): string {
  return waiver?.justification ? `Waived: ${waiver.justification}` : "Waived.";
}

/** At most `limit` UTF-16 code units, never half a code point; an ellipsis says that something is gone. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const end = limit - 1;
  const high = text.charCodeAt(end - 1);
  return `${text.slice(0, high >= 0xd800 && high <= 0xdbff ? end - 1 : end)}…`;
}
