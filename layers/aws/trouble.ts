import { ScanError } from "#contract/errors.ts";

/** The parts of an SDK error that tell what may pass by itself (AWS SDK for JavaScript v3, ServiceException). */
interface SdkError {
  readonly name?: string;
  readonly message?: string;
  readonly $metadata?: { readonly httpStatusCode?: number };
  readonly $retryable?: object;
}

const passingStatus: ReadonlySet<number> = new Set([409, 429]);
/** Services that speak JSON slow callers down with a 400 of one of these names. */
const throttled = /throttl|TooManyRequests|SlowDown|RequestLimitExceeded/i;

/** The HTTP status that AWS answered with; undefined when no answer came. */
export function httpStatusOf(error: unknown): number | undefined {
  return (error as SdkError | null)?.$metadata?.httpStatusCode; // the SDK's errors carry it
}

/**
 * What the SDK threw after its own retries, as `internal`. Retryable where AWS had trouble, slowed us down or did not
 * answer at all: then the task is tried again instead of ending with our trouble as its outcome.
 */
export function awsTrouble(thrown: unknown, what: string): ScanError {
  const { name = "Error", message = String(thrown), $retryable } = (thrown ?? {}) as SdkError; // as above
  const status = httpStatusOf(thrown);
  const passing =
    status === undefined ||
    status >= 500 ||
    passingStatus.has(status) ||
    $retryable !== undefined ||
    throttled.test(name);
  return new ScanError("internal", `${what}: ${name}: ${message}`, { cause: thrown, retryable: passing });
}
