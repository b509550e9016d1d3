import { resolve } from "node:path";

/** A profile to measure with: where it lies, and the inputs that make it what its id says. */
export interface Measured {
  /** As in the ids of the rows. */
  readonly id: string;
  /** For readers of the table. */
  readonly name: string;
  readonly path: string;
  readonly inputs?: Readonly<Record<string, unknown>>;
}

const repository = resolve(import.meta.dirname, "../../..");
const fixture = (name: string) => resolve(repository, "test/fixtures/profiles", name);

export const a: Measured = {
  id: "a",
  name: "container-baseline",
  path: resolve(repository, "profiles/container-baseline"),
};
export const b: Measured = { id: "b", name: "wide", path: fixture("wide") };
export const bCheap: Measured = {
  id: "b-cheap",
  name: "wide without the expensive",
  path: fixture("wide"),
  inputs: { expensive: false },
};
export const c: Measured = { id: "c", name: "deep", path: fixture("deep") };
export const d: Measured = { id: "d", name: "files", path: fixture("files") };
export const effects: Measured = { id: "effects", name: "effects", path: fixture("effects") };

const oneSlow = { name: "one-slow", path: fixture("one-slow") };
export const bothLanes: Measured = { id: "both", ...oneSlow };
export const slowLane: Measured = { id: "slow", ...oneSlow, inputs: { cheap: false } };
export const cheapLane: Measured = { id: "cheap", ...oneSlow, inputs: { slow: false } };
