import { onlyReads } from "#audit/ahead/kind.ts";
import { questionOf } from "#audit/ahead/question.ts";
import { type Row, rowOf } from "../row.ts";
import { recorded } from "./one-by-one.ts";
import type { Place } from "./place.ts";
import { a, b, c, d } from "./profiles.ts";
import { newBuckets, type WholeScan, wholeScan } from "./whole-scan.ts";

/** At a distance: without one, a scan may rather ask than find out first what there is to ask. */
const rttMs = 60;
const rounds = 5;

/** Times that the auditor waited for the network, as the report counts them. */
export async function blocking(place: Place): Promise<readonly Row[]> {
  const target = await place.target("weak");
  const rows: Row[] = [];
  for (const profile of [a, b, c, d]) {
    const first: number[] = [];
    const later: number[] = [];
    let last: WholeScan | undefined;
    for (let round = 0; round < rounds; round += 1) {
      const buckets = await newBuckets(place);
      first.push((await wholeScan(place, buckets, profile, target, rttMs)).costs.blockingRoundTrips);
      last = await wholeScan(place, buckets, profile, target, rttMs);
      later.push(last.costs.blockingRoundTrips);
    }
    const { answers } = await recorded(place, profile, target);
    const risky = [...answers.keys()].filter(
      (command) => !onlyReads(questionOf(Buffer.from(command), undefined)),
    ).length;
    const seen = last && `${last.costs.commands} commands, ${last.costs.hit} hit, ${last.costs.wasted} wasted`;
    rows.push(
      rowOf({
        id: `scan.blocking.with-hints.${profile.id}`,
        what: `${profile.name}: round trips the auditor waited for, with hints (${seen})`,
        ...{ unit: "round trips", samples: later, bar: "≤ 2" },
      }),
      rowOf({
        id: `scan.blocking.without-hints.${profile.id}`,
        what: `${profile.name}: the same without hints; 8, and one for each of ${risky} commands that may not be run ahead`,
        ...{ unit: "round trips", samples: first, bar: `≤ ${8 + risky}` },
      }),
    );
  }
  return rows;
}
