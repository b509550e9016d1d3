/** How long a test waits for a condition: long enough for a busy machine, as no test measures time. */
export const patience = { timeout: 20_000, interval: 10 };
