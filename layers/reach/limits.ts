/** How much output is kept. */
export interface SessionLimits {
  /** Of one stream of one command; what is over it is thrown away, and the answer says `truncated`. */
  readonly commandBytes: number;
  /** Of the whole session; beyond it the session ends as `too-large`. */
  readonly sessionBytes: number;
}

/** What holds where nothing else is said. */
export const defaultLimits: SessionLimits = { commandBytes: 32 * 1024 * 1024, sessionBytes: 4 * 1024 * 1024 * 1024 };
