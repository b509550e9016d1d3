/** The cluster's idea of now: real time plus what a test has added, so that expiry needs no waiting. */
export interface Clock {
  readonly now: () => number;
  readonly advance: (ms: number) => void;
}

export function systemClock(): Clock {
  let offsetMs = 0;
  return {
    now: () => Date.now() + offsetMs,
    advance: (ms) => {
      offsetMs += ms;
    },
  };
}
