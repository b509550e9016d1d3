import type { V1Pod } from "@kubernetes/client-node";
import type { SessionLimits } from "./limits.ts";

/** What every way into a container needs to know. */
export interface ReachOptions {
  readonly signal: AbortSignal;
  /** Reads the pod as it is now; only asked when the container has no shell. */
  readonly pod: () => Promise<V1Pod>;
  /** Throws when the container is another one by now. Asked before a lost session is followed by another. */
  readonly stillThere: () => Promise<void>;
  readonly limits?: Partial<SessionLimits> | undefined;
  /** Long texts that many commands end with: each is sent once. */
  readonly known?: readonly string[] | undefined;
}
