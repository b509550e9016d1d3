/** Trouble to make on purpose. Counting starts when the fault is given. */
export interface Fault {
  /** The operation's API name, such as `PutObject` or `SendMessage`. */
  readonly operation: string;
  /** The first call that it hits, from 1. Default 1. */
  readonly nth?: number;
  /** How many calls in a row it hits. Default 1. */
  readonly times?: number;
  /**
   * `fail`: the call is refused and nothing is done. `lose-response`: the work is done, then the connection breaks.
   * `deliver-twice`: what ReceiveMessage gives stays visible, so that somebody gets it again. `fail-entry`: of a batch of
   * SQS the first entry fails, through no fault of the sender, and the others do not.
   */
  readonly effect: "fail" | "lose-response" | "deliver-twice" | "fail-entry";
  /** For `fail`; default 503. */
  readonly statusCode?: number;
  /** For `fail`; default `ServiceUnavailable`. */
  readonly code?: string;
}

export interface Faults {
  /** Adds a fault; the returned function takes it away again. */
  add(fault: Fault): () => void;
  /** Counts a call and gives the faults that hit it. */
  hits(operation: string): readonly Fault[];
}

/** The faults of one embedded cloud. Throws when a fault cannot apply to its operation. */
export function faults(initial: readonly Fault[]): Faults {
  const active = new Map<Fault, number>();

  function add(given: Fault): () => void {
    if (given.effect === "deliver-twice" && given.operation !== "ReceiveMessage") {
      throw new Error(`deliver-twice is a fault of ReceiveMessage, not of ${given.operation}`);
    }
    if (given.effect === "fail-entry" && !given.operation.endsWith("MessageBatch")) {
      throw new Error(`fail-entry is a fault of SQS batches, not of ${given.operation}`);
    }
    const fault = { ...given };
    active.set(fault, 0);
    return () => void active.delete(fault);
  }

  for (const fault of initial) add(fault);
  return {
    add,
    hits(operation) {
      const hit: Fault[] = [];
      for (const [fault, before] of active) {
        if (fault.operation !== operation) continue;
        const { nth = 1, times = 1 } = fault;
        active.set(fault, before + 1);
        if (before + 1 >= nth && before + 1 < nth + times) hit.push(fault);
      }
      return hit;
    },
  };
}
