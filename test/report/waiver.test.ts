import { expect, it } from "vitest";
import { readHdf } from "#report/hdf.ts";
import { judge } from "#report/judged.ts";
import { daysLeft } from "#report/waiver.ts";
import { control, fixture, hdfOf, result } from "./documents.ts";

const at = "2026-11-24T03:00:00.000Z";
const waiver = { justification: "", expires: "", skipped: false, message: "" };

it("tells not run, accepted and expired apart in a report of the auditor", () => {
  const states = judge(readHdf(fixture("waived")).controls, at).map((one) => [one.control.id, one.waiver, one.status]);
  expect(states).toEqual([
    ["waived-not-run", "not_run", "not_applicable"],
    ["waived-and-run", "accepted", "failed"],
    ["waived-once", "expired", "failed"],
  ]);
});

it("takes a date before the scan for expired when the auditor does not say so", () => {
  const data = { justification: "x", run: true, expiration_date: "2026-11-23", skipped_due_to_waiver: false };
  const [one] = judge(readHdf(hdfOf(control("c", [result("failed")], { waiver_data: data }))).controls, at);
  expect(one?.waiver).toBe("expired");
});

it("counts the days that a waiver still holds", () => {
  expect(daysLeft({ ...waiver, expires: "2027-01-01" }, at)).toBe(38);
});

it("knows no days for a waiver whose date cannot be read", () => {
  expect(daysLeft({ ...waiver, expires: "next spring" }, at)).toBeUndefined();
});
