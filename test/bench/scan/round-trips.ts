import { type Row, rowOf } from "../row.ts";
import { fewer, inTurns } from "./in-turns.ts";
import type { Place } from "./place.ts";
import { a, b, d } from "./profiles.ts";
import { taught, wholeScan } from "./whole-scan.ts";

const farMs = 200;

/** Round trips that a scan with hints pays, everything counted: connection set-up, report and outcome. */
export async function roundTrips(place: Place): Promise<readonly Row[]> {
  const target = await place.target("weak");
  const rows: Row[] = [];
  for (const profile of [a, b, d]) {
    const buckets = await taught(place, profile, target);
    const at = async (rttMs: number) => (await wholeScan(place, buckets, profile, target, rttMs)).wallMs;
    const { near, far, rounds } = await inTurns({ near: () => at(0), far: () => at(farMs) });
    rows.push(
      rowOf({
        id: `scan.round-trips.${profile.id}`,
        what: `${profile.name}: round trips paid with hints, (wall at ${farMs} ms − wall at 0) ÷ ${farMs} ms${fewer(rounds)}`,
        ...{ unit: "round trips", bar: "≤ 5" },
        samples: far.map((wallMs, round) => (wallMs - (near[round] ?? Number.NaN)) / farMs),
      }),
    );
  }
  return rows;
}
