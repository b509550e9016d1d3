import type { WaiverState } from "#contract/finding.ts";
import type { HdfWaiver } from "./hdf-control.ts";

/**
 * What a waiver does to a control at `at` (UTC, RFC 3339): `not_run` took it out of the scan, `accepted` lets it run and
 * changes nothing about its status, `expired` is over. InSpec says of an expired one only a sentence in `message`.
 */
export function waiverState(waiver: HdfWaiver | undefined, at: string): WaiverState {
  if (waiver === undefined) return "none";
  if (waiver.skipped) return "not_run";
  if (waiver.message.startsWith("Waiver expired")) return "expired";
  const days = daysLeft(waiver, at);
  return days !== undefined && days < 0 ? "expired" : "accepted";
}

/** Whole days from `at` until the waiver expires, negative when it has; undefined when it has no date that can be read. */
export function daysLeft({ expires }: HdfWaiver, at: string): number | undefined {
  const day = /^\d{4}-\d{2}-\d{2}/.exec(expires)?.[0];
  if (day === undefined) return undefined;
  const days = (Date.parse(day) - Date.parse(at.slice(0, 10))) / 86_400_000;
  return Number.isNaN(days) ? undefined : days;
}
