import type { Recording } from "./recording.ts";
import type { World } from "./world.ts";

/** What a fault case gets: a real cluster behind the hop, a recorded session, a seeded generator, and how much to do. */
export interface FaultContext {
  readonly world: World;
  readonly recording: Recording;
  /** 0 to below 1, from the seed. */
  readonly random: () => number;
  /** `sample` is a part of `npm test`; `all` is the long run. */
  readonly extent: "sample" | "all";
}

/** How often a fault was tried, and each time that its result was neither the true answer nor a typed error. */
export interface Tried {
  readonly runs: number;
  readonly wrong: readonly string[];
}

/** One kind of fault. */
export interface FaultCase {
  readonly id: string;
  readonly what: string;
  /** Takes real waiting (the transport's own deadlines), so only the long run has it. */
  readonly slow?: true;
  readonly run: (context: FaultContext) => Promise<Tried>;
}

/** All of some places, or so many of them by the generator. */
export function chosen<T>(all: readonly T[], many: number, { random, extent }: FaultContext): readonly T[] {
  if (extent === "all" || all.length <= many) return all;
  return Array.from({ length: many }, () => all[Math.floor(random() * all.length)]).filter(
    (each) => each !== undefined,
  );
}
