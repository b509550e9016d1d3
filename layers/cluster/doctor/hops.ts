import { abortError, asScanError, ScanError } from "#contract/errors.ts";
import { type ReasonCode, reasons } from "#contract/reasons.ts";

/** The way from here into a container, in the order in which it is walked. */
export const hops = [
  "credentials",
  "dns",
  "tcp",
  "proxy",
  "tls",
  "authentication",
  "authorisation",
  "exec",
  "shell",
] as const;
export type Hop = (typeof hops)[number];

/** What was seen at one hop. `found` is one line in words. */
export interface HopReport {
  readonly hop: Hop;
  readonly state: "passed" | "failed" | "not-needed" | "not-tried";
  readonly elapsedMs: number;
  readonly found: string;
  readonly reason: ReasonCode | null;
  readonly advice: string | null;
}

/** A hop that failed, with advice that fits better than the reason's own. */
export class HopFault extends ScanError {
  readonly advice: string;

  constructor(code: ReasonCode, message: string, advice: string = reasons[code].advice, cause?: unknown) {
    super(code, message, cause === undefined ? {} : { cause });
    this.advice = advice;
  }
}

/** Thrown when a hop has failed and the walk is over; the report has said why. */
export class WalkEnded extends Error {}

export interface Step<T> {
  readonly limitMs: number;
  /** What it means when the limit runs out. */
  readonly late: (seconds: string) => HopFault;
  readonly act: (signal: AbortSignal) => Promise<T>;
  /** One line for what was found. */
  readonly found: (value: T) => string;
}

/** The walk's diary: one report a hop, in order, told as it is written. */
export class Walk {
  readonly reports: HopReport[] = [];
  readonly #tell: (report: HopReport) => void;
  readonly #outer: AbortSignal | undefined;

  constructor(tell: (report: HopReport) => void, outer: AbortSignal | undefined) {
    this.#tell = tell;
    this.#outer = outer;
  }

  /** Takes one hop within its limit. Throws WalkEnded when it fails, and the outer signal's reason when that aborts. */
  async take<T>(hop: Hop, step: Step<T>): Promise<T> {
    const begun = performance.now();
    const stop = new AbortController();
    const seconds = (step.limitMs / 1000).toFixed(1);
    const timer = setTimeout(() => stop.abort(step.late(seconds)), step.limitMs);
    const signal = this.#outer === undefined ? stop.signal : AbortSignal.any([stop.signal, this.#outer]);
    try {
      const value = await Promise.race([step.act(signal), aborted(signal)]);
      this.#write({ hop, state: "passed", ...since(begun), found: step.found(value), reason: null, advice: null });
      return value;
    } catch (thrown) {
      if (this.#outer?.aborted) throw abortError(this.#outer, "the doctor");
      const error = stop.signal.aborted ? (stop.signal.reason as HopFault) : asScanError(thrown); // aborted above only
      const advice = error instanceof HopFault ? error.advice : reasons[error.code].advice;
      this.#write({ hop, state: "failed", ...since(begun), found: error.message, reason: error.code, advice });
      throw new WalkEnded();
    } finally {
      clearTimeout(timer);
    }
  }

  /** A hop that this way does not have. */
  skip(hop: Hop, found: string): void {
    this.#write({ hop, state: "not-needed", elapsedMs: 0, found, reason: null, advice: null });
  }

  /** What was not reached is said to be so. */
  close(): void {
    for (const hop of hops) {
      if (this.reports.some((report) => report.hop === hop)) continue;
      this.#write({ hop, state: "not-tried", elapsedMs: 0, found: "not tried", reason: null, advice: null });
    }
  }

  #write(report: HopReport): void {
    this.reports.push(report);
    this.#tell(report);
  }
}

const since = (begun: number) => ({ elapsedMs: Math.round(performance.now() - begun) });

function aborted(signal: AbortSignal): Promise<never> {
  return new Promise((_resolve, reject) => {
    if (signal.aborted) reject(signal.reason);
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
  });
}
