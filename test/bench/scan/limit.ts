import { median, type Row, rowOf } from "../row.ts";
import { timed } from "../transport/place.ts";
import { fewer, inTurns } from "./in-turns.ts";
import { recorded, replayed } from "./one-by-one.ts";
import type { Place } from "./place.ts";
import { b } from "./profiles.ts";
import { openRaw } from "./raw-batch.ts";
import { taught, wholeScan } from "./whole-scan.ts";

/** How near a scan with hints comes to what cannot be avoided: the auditor's own work, or the commands' own time. */
export async function limit(place: Place): Promise<readonly Row[]> {
  const target = await place.target("weak");
  const buckets = await taught(place, b, target);
  const known = await recorded(place, b, target);
  const connection = place.connect(0);
  const raw = await openRaw(connection, target);
  const { ours, auditor, batch, rounds } = await inTurns({
    ours: async () => (await wholeScan(place, buckets, b, target, 0)).wallMs,
    auditor: () => timed(() => replayed(place, b, known)),
    batch: () => raw.batch([...known.answers.keys()]),
  });
  raw.close();
  connection.close();
  const [alone, commands] = [median(auditor), median(batch)].map(Math.round);
  return [
    rowOf({
      id: "scan.limit.b",
      what: `${b.name}, no distance: ours with hints (${Math.round(median(ours))} ms) ÷ the larger of the auditor alone (${alone} ms) and the commands alone (${commands} ms)${fewer(rounds)}`,
      ...{ unit: "ratio", bar: "≤ 1.15" },
      samples: ours.map((ms, round) => ms / Math.max(auditor[round] ?? Number.NaN, batch[round] ?? Number.NaN)),
    }),
  ];
}
