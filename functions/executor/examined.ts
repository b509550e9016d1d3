import type { Diagnosis } from "#cluster/doctor/doctor.ts";
import { ScanError } from "#contract/errors.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import type { Task } from "#contract/task.ts";
import type { Doctor } from "./doctor.ts";

/** What has its cause between here and the container, and may be anywhere on that way. */
const onTheWay: ReadonlySet<ReasonCode> = new Set<ReasonCode>([
  ...(["dns", "tcp", "proxy", "tls", "timeout"] as const),
  ...(["unauthenticated", "credentials-expired", "forbidden"] as const),
]);

/** The failure with what the doctor finds on the way beside it. Its code stays: the doctor looks a moment later. */
export async function examined(error: ScanError, task: Task, doctor: Doctor | undefined): Promise<ScanError> {
  if (doctor === undefined || !onTheWay.has(error.code)) return error;
  const diagnosis = await doctor(task).catch(() => undefined);
  // An open way explains a moment's trouble, and no refusal.
  const refused = error.code === "forbidden" || error.code === "unauthenticated";
  if (diagnosis === undefined || (diagnosis.fault === null && refused)) return error;
  const { code, retryable, retryAfterMs } = error;
  return new ScanError(code, `${error.message.replace(/\.$/, "")}; ${inWords(diagnosis)}`, {
    ...{ cause: error, retryable },
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}

/** `doctor: tcp fails after 5.0 s: …`, what to change, and what is about to become a fault. */
function inWords({ fault, hops, warnings }: Diagnosis): string {
  const warned = warnings.map((warning) => `; warning: ${warning}`).join("");
  if (fault === null) {
    const last = hops.findLast(({ state }) => state === "passed");
    return `doctor: the way is open now, up to ${last?.hop ?? "nothing"}${warned}`;
  }
  const seconds = (hops.reduce((sum, { elapsedMs }) => sum + elapsedMs, 0) / 1000).toFixed(1);
  return `doctor: ${fault.hop} fails after ${seconds} s: ${fault.message}. ${fault.advice}${warned}`;
}
