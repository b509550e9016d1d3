import { ScanError } from "#contract/errors.ts";
import type { Outcome } from "./frames.ts";
import type { Audited } from "./job.ts";
import type { Ended } from "./warm-parent.ts";

/** What is known when a child is gone. */
export interface Remains {
  readonly ended: Ended;
  readonly outcome: Outcome | undefined;
  readonly lastWords: string;
}

/** The exit code of a scan that really was one. Throws a ScanError for everything else. */
export function verdictOf({ ended, outcome, lastWords }: Remains): Pick<Audited, "exitCode" | "older" | "phases"> {
  if (outcome !== undefined && "error" in outcome) {
    throw new ScanError(outcome.error.code, withLastWords(outcome.error.message, outcome.error.code, lastWords));
  }
  const code = ended.exit;
  if (outcome !== undefined && outcome.exitCode === code && (code === 0 || code === 100 || code === 101)) {
    const { older, phases } = outcome;
    return { exitCode: code, older, ...(phases && { phases }) };
  }
  const how = ended.signal === null ? `ended with code ${code}` : `was ended by SIG${ended.signal}`;
  const message = `the profile's process ${how} without a report`;
  throw new ScanError("auditor-crashed", withLastWords(message, "auditor-crashed", lastWords));
}

function withLastWords(message: string, code: string, lastWords: string): string {
  return code === "auditor-crashed" && lastWords !== "" ? `${message}; its last words: ${lastWords}` : message;
}
