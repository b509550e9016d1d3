import { ScanError } from "#contract/errors.ts";
import type { ReasonCode } from "#contract/reasons.ts";

/** metav1.Status, as far as it is read here (Kubernetes API conventions, "Response Status Kind"). */
export interface Status {
  readonly status: string;
  readonly message: string;
  readonly reason: string;
  readonly code: number;
  readonly causes: readonly { readonly reason: string; readonly message: string }[];
}

/** A Status out of JSON text, or undefined when the text is something else. */
export function parseStatus(text: string): Status | undefined {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return undefined;
  }
  if (typeof value !== "object" || value === null || !("status" in value)) return undefined;
  const raw = value as Record<string, unknown>; // an object, as just seen; each field is checked below
  const details = (raw.details ?? {}) as Record<string, unknown>; // read defensively: a list or nothing
  const causes = Array.isArray(details.causes) ? details.causes : [];
  return {
    status: textOf(raw.status),
    message: textOf(raw.message),
    reason: textOf(raw.reason),
    code: typeof raw.code === "number" ? raw.code : 0,
    causes: causes.map((cause: Record<string, unknown>) => ({
      reason: textOf(cause.reason),
      message: textOf(cause.message),
    })),
  };
}

const textOf = (value: unknown) => (typeof value === "string" ? value : "");

/** A refused request as an error: the server's own words, and the wait it asked for. */
export interface Refusal {
  readonly httpStatus: number;
  readonly body: string;
  readonly retryAfter: string | undefined;
}

/** The ScanError for an HTTP refusal by the API server. `what` says what was asked, for the message. */
export function refusalError(refusal: Refusal, what: string): ScanError {
  const { httpStatus, body } = refusal;
  const said = parseStatus(body)?.message || printable(body) || "no explanation";
  const code = reasonFor(httpStatus);
  const seconds = Number(refusal.retryAfter);
  return new ScanError(code, `${what}: HTTP ${httpStatus}: ${said}`, {
    cause: refusal,
    retryable: httpStatus === 429 || httpStatus >= 500,
    ...(Number.isFinite(seconds) && seconds > 0 ? { retryAfterMs: seconds * 1000 } : {}),
  });
}

/** The HTTP status with which the API server refused, when that is what the error is about. */
export function refusedWith(error: unknown): number | undefined {
  const cause = error instanceof ScanError ? error.cause : undefined;
  return typeof cause === "object" && cause !== null && "httpStatus" in cause ? Number(cause.httpStatus) : undefined;
}

function reasonFor(httpStatus: number): ReasonCode {
  if (httpStatus === 401) return "unauthenticated";
  if (httpStatus === 403) return "forbidden";
  if (httpStatus === 429) return "throttled";
  return "exec-refused";
}

/** Text from the other side, fit for one line of a message. */
export function printable(text: string, most = 500): string {
  const oneLine = text.replaceAll(/[\p{Cc}\p{Cf}]+/gu, " ").trim();
  return oneLine.length > most ? `${oneLine.slice(0, most)}…` : oneLine;
}
