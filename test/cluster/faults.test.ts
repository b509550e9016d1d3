import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { faultCases } from "#test/faults/cases.ts";
import { type Recording, record } from "#test/faults/recording.ts";
import { type World, worldOf } from "#test/faults/world.ts";
import { sharedCluster } from "#test/support/cluster.ts";
import { seeded } from "#test/support/seeded.ts";

/** A seeded part of the fault run; `npm run faults` has all of it. */
const seed = 20_261_124;
let world: World;
let recording: Recording;

beforeAll(async () => {
  world = await worldOf(await sharedCluster());
  recording = await record(world.proxy, world.through, world.target);
});
afterAll(() => world?.close());

describe("a session under faults gives the true answers or a typed error", () => {
  it.each(faultCases.filter(({ slow }) => !slow))("$id: $what", async ({ run }) => {
    const { runs, wrong } = await run({ world, recording, random: seeded(seed), extent: "sample" });
    expect(wrong).toEqual([]);
    expect(runs).toBeGreaterThan(0);
  });
});
