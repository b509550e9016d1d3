import { median, type Row, rowOf } from "../row.ts";
import { fewer, inTurns } from "./in-turns.ts";
import type { Place } from "./place.ts";
import { bothLanes, cheapLane, type Measured, slowLane } from "./profiles.ts";
import { taught, wholeScan } from "./whole-scan.ts";

const rttMs = 60;

/** One command of two seconds among 150 cheap ones, against each of the two alone. */
export async function twoLanes(place: Place): Promise<readonly Row[]> {
  const target = await place.target("weak");
  const prepared = async (profile: Measured) => {
    const buckets = await taught(place, profile, target);
    return async () => (await wholeScan(place, buckets, profile, target, rttMs)).wallMs;
  };
  const { both, slow, cheap, rounds } = await inTurns({
    both: await prepared(bothLanes),
    slow: await prepared(slowLane),
    cheap: await prepared(cheapLane),
  });
  const [slowMs, cheapMs] = [median(slow), median(cheap)].map(Math.round);
  return [
    rowOf({
      id: "scan.two-lanes",
      what: `150 cheap commands and one of 2 s, ${rttMs} ms: wall ÷ the larger of the slow one alone (${slowMs} ms) and the cheap ones alone (${cheapMs} ms)${fewer(rounds)}`,
      ...{ unit: "ratio", bar: "≤ 1.25" },
      samples: both.map((ms, round) => ms / Math.max(slow[round] ?? Number.NaN, cheap[round] ?? Number.NaN)),
    }),
  ];
}
