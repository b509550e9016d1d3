import type { Severity, WaiverState } from "#contract/finding.ts";
import type { HdfControl } from "./hdf-control.ts";
import { severityOf } from "./severity.ts";
import { type Verdict, verdictOf } from "./status.ts";
import { waiverState } from "./waiver.ts";

/** A control with all that the one status engine says of it. Rows, counts, pages and gates take it from here. */
export interface Judged extends Verdict {
  readonly control: HdfControl;
  readonly severity: Severity;
  readonly waiver: WaiverState;
}

/** Judges every control, in the given order. `at` is the time of the scan, against which waivers expire. */
export function judge(controls: readonly HdfControl[], at: string): readonly Judged[] {
  return controls.map((control) => ({
    control,
    ...verdictOf(control),
    severity: severityOf(control),
    waiver: waiverState(control.waiver, at),
  }));
}
