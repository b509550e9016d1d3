import { sameVerdicts } from "#cli/verify/same-verdicts.ts";
import { median, type Row, rowOf } from "../row.ts";
import { inContainer } from "./in-container.ts";
import { fewer, inTurns, ratios } from "./in-turns.ts";
import type { Place } from "./place.ts";
import { a, b } from "./profiles.ts";
import { taught, wholeScan } from "./whole-scan.ts";

const rttMs = 60;

/** A scan over a long way against the same auditor started inside the container, where there is no way at all. */
export async function inside(place: Place): Promise<readonly Row[]> {
  const target = await place.target("weak");
  const rows: Row[] = [];
  for (const [profile, bar] of [
    [a, "≤ 0.45"],
    [b, "≤ 0.35"],
  ] as const) {
    const buckets = await taught(place, profile, target);
    const local = await inContainer(place, profile, target);
    try {
      await local.once();
      const { hdf } = await wholeScan(place, buckets, profile, target, 0);
      const { controls, differences } = sameVerdicts(hdf, [local.report(), local.report()]);
      const { ours, there, rounds } = await inTurns({
        ours: async () => (await wholeScan(place, buckets, profile, target, rttMs)).wallMs,
        there: () => local.once(),
      });
      const [oursMs, thereMs] = [median(ours), median(there)].map(Math.round);
      rows.push(
        rowOf({
          id: `scan.inside.${profile.id}`,
          what: `${profile.name}: ours with hints at ${rttMs} ms (${oursMs} ms) ÷ plain InSpec started inside the container (${thereMs} ms; same results in ${controls - differences.length} of ${controls} controls)${fewer(rounds)}`,
          ...{ unit: "ratio", samples: ratios(ours, there), bar },
        }),
      );
    } finally {
      await local.close();
    }
  }
  return rows;
}
