import { onlyReads } from "#audit/ahead/kind.ts";
import { questionOf } from "#audit/ahead/question.ts";
import { type Row, rowOf } from "../row.ts";
import { recorded } from "./one-by-one.ts";
import type { Place } from "./place.ts";
import { a, b, c, d } from "./profiles.ts";
import { newBuckets, wholeScan } from "./whole-scan.ts";

/** Times that the auditor waited for the network, as the report counts them. */
export async function blocking(place: Place): Promise<readonly Row[]> {
  const target = await place.target("weak");
  const rows: Row[] = [];
  for (const profile of [a, b, c, d]) {
    const buckets = await newBuckets(place);
    const first = await wholeScan(place, buckets, profile, target, 0);
    const second = await wholeScan(place, buckets, profile, target, 0);
    const { answers } = await recorded(place, profile, target);
    const risky = [...answers.keys()].filter(
      (command) => !onlyReads(questionOf(Buffer.from(command), undefined)),
    ).length;
    const { commands, hit, wasted } = second.costs;
    rows.push(
      rowOf({
        id: `scan.blocking.with-hints.${profile.id}`,
        what: `${profile.name}: round trips the auditor waited for, with hints (${commands} commands, ${hit} hit, ${wasted} wasted)`,
        ...{ unit: "round trips", samples: [second.costs.blockingRoundTrips], bar: "≤ 2" },
      }),
      rowOf({
        id: `scan.blocking.without-hints.${profile.id}`,
        what: `${profile.name}: the same without hints; 8, and one for each of ${risky} commands that may not be run ahead`,
        ...{ unit: "round trips", samples: [first.costs.blockingRoundTrips], bar: `≤ ${8 + risky}` },
      }),
    );
  }
  return rows;
}
