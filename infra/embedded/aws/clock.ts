/** Where every timeout of the embedded cloud comes from, so that tests can run hours in no time. */
export interface Clock {
  /** Milliseconds since the epoch. */
  now(): number;
  /** Calls `fn` once after `ms`; the returned function cancels it. */
  setTimer(ms: number, fn: () => void): () => void;
}

/** The machine's own clock. Its timers keep the process alive, as an open connection to AWS would. */
export function realClock(): Clock {
  return {
    now: () => Date.now(),
    setTimer(ms, fn) {
      // setTimeout fires at once above 2^31-1 ms.
      const timer = setTimeout(fn, Math.min(Math.max(0, ms), 2 ** 31 - 1));
      return () => clearTimeout(timer);
    },
  };
}

export interface ManualClock extends Clock {
  /** Moves time forward by `ms`, firing timers in order and letting what they set off run in between. */
  advance(ms: number): Promise<void>;
  /** Lets everything that needs no time run, without moving the clock. */
  settle(): Promise<void>;
  /** How many timers are waiting. */
  pending(): number;
}

interface Timer {
  readonly at: number;
  readonly fn: () => void;
}

// An SDK call is some dozens of promise hops, with at most a few turns of the event loop between them.
const TURNS = 12;

async function settle(): Promise<void> {
  for (let turn = 0; turn < TURNS; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
}

/** A clock that stands still until told otherwise. `startMs` is its first `now()`. */
export function manualClock(startMs = Date.UTC(2026, 0, 1)): ManualClock {
  let now = startMs;
  const timers = new Set<Timer>();

  function next(until: number): Timer | undefined {
    let first: Timer | undefined;
    for (const timer of timers) if (timer.at <= until && (first === undefined || timer.at < first.at)) first = timer;
    return first;
  }

  return {
    now: () => now,
    pending: () => timers.size,
    settle,
    setTimer(ms, fn) {
      const timer: Timer = { at: now + Math.max(0, ms), fn };
      timers.add(timer);
      return () => timers.delete(timer);
    },
    async advance(ms) {
      const until = now + ms;
      await settle();
      for (let timer = next(until); timer !== undefined; timer = next(until)) {
        timers.delete(timer);
        now = Math.max(now, timer.at);
        timer.fn();
        await settle();
      }
      now = until;
      await settle();
    },
  };
}
