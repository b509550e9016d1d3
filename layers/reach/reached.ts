import type { Shell } from "#contract/shell.ts";

/** A shell in the target, and how it was got: what the report says about the way. */
export interface Reached extends Shell {
  /** Why this way was taken, in sentences; empty for the plain shell. */
  readonly reasons: readonly string[];
  /** Programs that the target lacks and that answered from a toolbox, by name. */
  readonly borrowed: ReadonlySet<string>;
  readonly execStreams: number;
  readonly traffic: { readonly bytesIn: number; readonly bytesOut: number; readonly stalls: number };
}

/** What carries the commands below: a session, or sessions that follow one another. */
export type Carrier = Pick<Reached, "run" | "close" | "execStreams" | "traffic">;
