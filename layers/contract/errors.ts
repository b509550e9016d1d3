import { type ReasonCode, reasons } from "./reasons.ts";

/** Further facts about a failure. `cause` is the error below; `retryable` overrules the reason's own word. */
export interface ScanErrorOptions {
  readonly cause?: unknown;
  readonly retryable?: boolean;
  readonly retryAfterMs?: number;
}

/**
 * The one error that crosses folders: a reason from the closed table, and a message that says what happened, to what,
 * and what to do.
 */
export class ScanError extends Error {
  readonly code: ReasonCode;
  readonly retryable: boolean;
  /** How long the other side asked to wait, when it said so. */
  readonly retryAfterMs: number | undefined;

  constructor(code: ReasonCode, message: string, options: ScanErrorOptions = {}) {
    super(message, options.cause === undefined ? undefined : { cause: options.cause });
    this.name = "ScanError";
    this.code = code;
    this.retryable = options.retryable ?? reasons[code].retryable;
    this.retryAfterMs = options.retryAfterMs;
  }
}

/** Any thrown value as a ScanError: itself, or `internal` with the original as its cause. */
export function asScanError(thrown: unknown): ScanError {
  if (thrown instanceof ScanError) return thrown;
  const message = thrown instanceof Error ? thrown.message : String(thrown);
  return new ScanError("internal", message, { cause: thrown });
}

/**
 * Why a signal was aborted, as a ScanError: the one it carries, `timeout` when its time was over, or `cancelled`. `what`
 * says what was stopped.
 */
export function abortError(signal: AbortSignal, what: string): ScanError {
  const reason: unknown = signal.reason;
  if (reason instanceof ScanError) return reason;
  const late = reason instanceof DOMException && reason.name === "TimeoutError";
  return late
    ? new ScanError("timeout", `${what}: its time is over`, { cause: reason })
    : new ScanError("cancelled", `${what}: stopped`, { cause: reason });
}
