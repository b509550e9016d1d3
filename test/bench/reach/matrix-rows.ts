import { reasonCodes } from "#contract/reasons.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { endOf } from "#test/matrix/row.ts";
import { rows } from "#test/matrix/rows.ts";
import { runMatrix } from "#test/matrix/suite.ts";
import { trialsOf } from "#test/matrix/trials.ts";
import { type Row, rowOf } from "../row.ts";

/** The compatibility matrix as numbers: what share of its rows tells something, and whether any fails by muster's own fault. */
export async function matrixRows(cluster: EmbeddedCluster): Promise<readonly Row[]> {
  const trials = trialsOf(rows);
  const results = await runMatrix(cluster, trials);
  const typed = new Set<string>(reasonCodes);
  const told = results.filter(({ end, verdicts }) => (verdicts === null ? typed.has(end) : verdicts.given > 0));
  const internal = results.filter(({ end }) => end === "internal");
  const otherwise = trials.filter(({ row, version }, at) => results[at]?.end !== endOf(row, version));
  const what = `of ${trials.length} rows of the compatibility matrix, each a whole scan request`;
  return [
    rowOf({
      ...{ id: "reach.matrix.told", what: `with a verdict or a typed reason, ${what}`, unit: "%" },
      ...{ samples: [(100 * told.length) / trials.length], bar: "= 100" },
    }),
    rowOf({
      ...{ id: "reach.matrix.internal", what: `that end as internal, ${what}`, unit: "rows" },
      ...{ samples: [internal.length], bar: "= 0" },
    }),
    rowOf({
      ...{ id: "reach.matrix.otherwise", what: `that end otherwise than they must, ${what}`, unit: "rows" },
      ...{ samples: [otherwise.length], bar: "= 0" },
    }),
  ];
}
