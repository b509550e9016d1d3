import { beforeAll, expect, it } from "vitest";
import { cases } from "#test/conformance/cases.ts";
import { type Place, placeOn, versions } from "#test/conformance/place.ts";
import { runCases, subjectsOf } from "#test/conformance/suite.ts";
import type { Subject } from "#test/conformance/trial.ts";
import { sharedCluster } from "#test/support/cluster.ts";
import { seeded } from "#test/support/seeded.ts";

/** Another seed tries other behaviours, as another version: MUSTER_SEED=7 npm test -- test/cluster/conformance.test.ts */
const seed = Number(process.env.MUSTER_SEED ?? 3);
const sampleSize = 14;

const version = versions[seed % versions.length] ?? "1.36";
const quick = cases.filter(({ pace = "quick", where }) => pace === "quick" && where !== "last");
const sample = shuffled([...new Set(quick.map(({ id }) => id))], seed).slice(0, sampleSize);

let place: Place;
let subjects: readonly Subject[];
beforeAll(async () => {
  place = await placeOn(await sharedCluster(), version, async () => undefined);
  subjects = await subjectsOf(place, () => undefined);
});

it.each(sample)(`%s holds in every container (Kubernetes ${version}, seed ${seed})`, async (id) => {
  const own = quick.filter((each) => each.id === id);
  const trials = await runCases(own, place, subjects, () => undefined);
  expect(
    trials.filter(({ verdict }) => verdict === "fail").map(({ image, title, why }) => `${image}: ${title}: ${why}`),
  ).toEqual([]);
  expect(trials.some(({ verdict }) => verdict === "pass")).toBe(true);
});

/** Fisher–Yates over a seeded generator, so that one seed is one order everywhere. */
function shuffled<T>(values: readonly T[], from: number): readonly T[] {
  const all = [...values];
  const next = seeded(from);
  for (let last = all.length - 1; last > 0; last -= 1) {
    const other = Math.floor(next() * (last + 1));
    const [a, b] = [all[last], all[other]];
    if (a !== undefined && b !== undefined) [all[last], all[other]] = [b, a];
  }
  return all;
}
