import type { Input } from "./input.ts";
import type { SqsRegion } from "./region.ts";

/** What an action may use besides its input. */
export interface ActionContext {
  readonly region: SqsRegion;
  readonly signal: AbortSignal | undefined;
  /** An injected fault: what is received stays visible, so that it is delivered a second time. */
  readonly deliverTwice: boolean;
  /** An injected fault: the first entry of a batch fails. */
  readonly failEntry: boolean;
}

/** One SQS action: members of the request in, members of the answer out. Throws `SqsError`. */
export type Action = (input: Input, context: ActionContext) => object | Promise<object>;
