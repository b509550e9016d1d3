import { readHdf } from "#report/hdf.ts";
import { verdictOf } from "#report/status.ts";

/** Status of each control that was passed or failed. */
export function verdictsIn(hdf: Uint8Array): ReadonlyMap<string, string> {
  const judged = readHdf(hdf).controls.map((control) => [control.id, verdictOf(control).status] as const);
  return new Map(judged.filter(([, status]) => status === "passed" || status === "failed"));
}

/** How the verdicts on one container stand to those on another that holds the same files. */
export interface Compared {
  readonly common: number;
  readonly differing: readonly string[];
  /** Controls in common, as a part of the other's. */
  readonly share: number;
}

export function compareVerdicts(ours: ReadonlyMap<string, string>, theirs: ReadonlyMap<string, string>): Compared {
  const common = [...theirs.keys()].filter((id) => ours.has(id));
  const differing = common.filter((id) => ours.get(id) !== theirs.get(id));
  return { common: common.length, differing, share: common.length / theirs.size };
}
