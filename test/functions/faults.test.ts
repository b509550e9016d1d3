import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { oneRun } from "#test/faults/cloud/one-run.ts";
import { type Place, startPlace } from "#test/faults/cloud/place.ts";

/** A sample of what `npm run faults -- cloud` runs two thousand of. */
const seeds = Array.from({ length: 40 }, (_, index) => 10_001 + index);

let place: Place;
beforeAll(async () => {
  place = await startPlace();
});
afterAll(() => place.close());

describe("whatever goes wrong between queues, functions and books", () => {
  it.each(seeds)("every container gets one outcome, and the scan one end: seed %i", async (seed) => {
    expect(await oneRun(seed, place)).toEqual([]);
  });
});
