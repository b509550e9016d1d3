import type { KubernetesVersion } from "#embedded/cluster/versions.ts";
import { type MatrixRow, newest } from "./row.ts";

/** A row on a version. */
export interface Trial {
  readonly row: MatrixRow;
  readonly version: KubernetesVersion;
}

export function trialsOf(rows: readonly MatrixRow[]): readonly Trial[] {
  return rows.flatMap((row) => (row.versions ?? [newest]).map((version) => ({ row, version })));
}
