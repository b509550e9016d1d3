import type { Question } from "./question.ts";

/**
 * Commands that may be sent without waiting for each other's answers. They end where a command stands that is not sent
 * ahead and may change what later ones see: `barrier` is its key.
 */
export interface Stretch {
  readonly first: readonly Question[];
  /** What looks at processes, where there is a second lane: it runs there, before anything of the scan's own runs. */
  readonly alone: readonly Question[];
  /** Read-only ones that take long, for a lane of their own from the start of the scan. */
  readonly second: readonly Question[];
  readonly barrier: string | undefined;
}
