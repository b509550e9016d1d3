import { readHdf } from "#report/hdf.ts";
import type { HdfControl } from "#report/hdf-control.ts";
import { verdictOf } from "#report/status.ts";

/** A control that the session judged otherwise than both reference runs. */
export interface ControlDifference {
  readonly control: string;
  /** Status and results as the session gave them; null when it did not report the control. */
  readonly session: ControlFace | null;
  readonly reference: ControlFace | null;
}

/** All of a control that a reader of the report acts on. */
export interface ControlFace {
  readonly status: string;
  readonly results: readonly { readonly status: string; readonly codeDesc: string; readonly message: string }[];
}

export interface Verdicts {
  readonly controls: number;
  readonly differences: readonly ControlDifference[];
  /** Controls on which the two reference runs disagree; they say nothing about the session. */
  readonly unsteady: readonly string[];
}

/**
 * Compares the auditor's reports control by control: status, and each result's status, code_desc and message. A
 * difference counts only where the two reference runs agree with each other.
 */
export function sameVerdicts(session: Uint8Array, references: readonly [Uint8Array, Uint8Array]): Verdicts {
  const ours = facesOf(session);
  const [before, after] = [facesOf(references[0]), facesOf(references[1])];
  const ids = new Set([...ours.keys(), ...before.keys(), ...after.keys()]);
  const differences: ControlDifference[] = [];
  const unsteady: string[] = [];
  for (const control of ids) {
    const reference = before.get(control);
    if (!equal(reference, after.get(control))) unsteady.push(control);
    else if (!equal(ours.get(control), reference)) {
      differences.push({ control, session: ours.get(control) ?? null, reference: reference ?? null });
    }
  }
  return { controls: ids.size, differences, unsteady };
}

function facesOf(hdf: Uint8Array): ReadonlyMap<string, ControlFace> {
  return new Map(readHdf(hdf).controls.map((control) => [control.id, faceOf(control)]));
}

function faceOf(control: HdfControl): ControlFace {
  const { status, reason } = verdictOf(control);
  return {
    status: `${status} (${reason})`,
    results: control.results.map((result) => {
      const message = [result.message, result.skipMessage, result.exception].filter(Boolean).join("\n");
      return { status: result.status, codeDesc: result.codeDesc, message };
    }),
  };
}

const equal = (one: ControlFace | undefined, other: ControlFace | undefined) =>
  JSON.stringify(one) === JSON.stringify(other);
