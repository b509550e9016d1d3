import type { V1Pod } from "@kubernetes/client-node";
import type { ImageSource } from "./image/through-image.ts";
import type { SessionLimits } from "./limits.ts";

/** What every way into a container needs to know. */
export interface ReachOptions {
  readonly signal: AbortSignal;
  /** Reads the pod as it is now; only asked when the container has no shell. */
  readonly pod: () => Promise<V1Pod>;
  /** Throws when the container is another one by now. Asked before a lost session is followed by another. */
  readonly stillThere: () => Promise<void>;
  /** Where the image is to be had of a container that cannot be entered. Default: such a container is not looked at. */
  readonly images?: ImageSource | undefined;
  /** What the target's node is built for, for images that have several. Default: what the pod itself asks of its node. */
  readonly architecture?: (() => Promise<string | undefined>) | undefined;
  readonly limits?: Partial<SessionLimits> | undefined;
  /** Long texts that many commands end with: each is sent once. */
  readonly known?: readonly string[] | undefined;
}
