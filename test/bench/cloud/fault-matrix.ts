import { oneRun } from "#test/faults/cloud/one-run.ts";
import { startPlace } from "#test/faults/cloud/place.ts";
import { type Row, rowOf } from "../row.ts";

const runs = 2000;

/** Scans with faults between queues, functions and books, as `npm run faults -- cloud` tells one by one. */
export async function faultMatrix(): Promise<readonly Row[]> {
  const place = await startPlace();
  const wrong: number[] = [];
  for (let seed = 1; seed <= runs; seed += 1) wrong.push((await oneRun(seed, place)).length);
  await place.close();
  const total = wrong.reduce((sum, each) => sum + each, 0);
  const what = `${runs} seeded runs: outcomes lost, doubled or contradicting, complete.json missing or twice`;
  return [rowOf({ id: "cloud.faults.wrong", what, unit: "", samples: [total], bar: "= 0" })];
}
