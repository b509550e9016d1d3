import { printable } from "#cluster/status.ts";
import type { Summary, Transport } from "#contract/summary.ts";
import { targetName } from "#contract/target.ts";

/** One report in two lines: what it found, and what it cost. */
export function summaryText(summary: Summary): string {
  const { target, profile, way, counts, compliance } = summary;
  const { passed, failed, not_applicable, not_reviewed, error } = counts;
  const found = `${passed} passed, ${failed} failed, ${not_applicable} not applicable, ${not_reviewed} not reviewed, ${error} error`;
  const ratio = compliance === null ? "nothing counts" : `${compliance.toFixed(2)} %`;
  const what = `${targetName(target)}  ${profile.name}  by ${way}: ${found}; ${ratio}`;
  return `${printable(what)}\n  ${transportText(summary.transport)}`;
}

/** What a scan cost on its way, in one line. */
function transportText(cost: Transport): string {
  const ahead = `${cost.sentAhead} sent ahead (${cost.hit} hit, ${cost.wasted} wasted)`;
  const waits = `${counted(cost.blockingRoundTrips, "wait")} for the network`;
  const runs = cost.rehearsals === 0 ? [] : [counted(cost.rehearsals, "rehearsal")];
  const streams = counted(cost.execStreams, "exec stream");
  const bytes = `${cost.bytesIn} bytes in, ${cost.bytesOut} out`;
  const times = `${cost.inTargetMs} ms in the target, ${cost.auditorCpuMs} ms auditor CPU, ${cost.wallMs} ms wall`;
  return [counted(cost.commands, "command"), ahead, waits, ...runs, streams, bytes, times].join(", ");
}

const counted = (count: number, what: string) => `${count} ${what}${count === 1 ? "" : "s"}`;
