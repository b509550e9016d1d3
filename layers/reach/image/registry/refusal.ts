import { printable } from "#cluster/status.ts";
import { ScanError } from "#contract/errors.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import { ImageUnreadable } from "../unreadable.ts";
import { shortText } from "./short-text.ts";

const byStatus: Readonly<Record<number, ReasonCode>> = { 401: "unauthenticated", 403: "forbidden", 429: "throttled" };

/** What a status other than success means, with the registry's own words. The rest of its answer is dropped. */
export async function refusedBy(answer: Response, { host, pathname }: URL): Promise<ScanError> {
  const words = printable((await shortText(answer, 1200).catch(() => "")).slice(0, 300));
  const text = `${host} answers ${answer.status} for ${pathname}: ${words}`;
  if (answer.status === 404) return new ImageUnreadable(`the registry ${text}`);
  const code = byStatus[answer.status] ?? "connection-lost";
  const asked = Number(answer.headers.get("retry-after") ?? Number.NaN);
  const passing = answer.status === 429 || answer.status >= 500;
  return new ScanError(code, text, { retryable: passing, ...(asked > 0 && { retryAfterMs: asked * 1000 }) });
}
