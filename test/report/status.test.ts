import { describe, expect, it } from "vitest";
import { readHdf } from "#report/hdf.ts";
import { verdictOf } from "#report/status.ts";
import { control, type Fields, fixture, hdfOf, result } from "./documents.ts";
import { askInspecjs } from "./oracle.ts";

/** The verdict on one control, as `status: reason`. */
function verdict(results: readonly Fields[], given: Fields = {}): string {
  const [one] = readHdf(hdfOf(control("c", results, given))).controls;
  if (one === undefined) throw new Error("the control is gone");
  const { status, reason } = verdictOf(one);
  return `${status}: ${reason}`;
}

const [passed, failed, skipped] = [result("passed"), result("failed"), result("skipped")];
const raised = result("failed", { backtrace: ["x.rb:1"], exception: "RuntimeError" });
const waived = { waiver_data: { skipped_due_to_waiver: true, justification: "why" } };

describe("a control's status", () => {
  it.each([
    ["one failed check fails it", [passed, failed, skipped], {}, "failed: failed"],
    ["a pass beside a skip is a pass", [passed, skipped], {}, "passed: passed"],
    ["only skips are not reviewed", [skipped, skipped], {}, "not_reviewed: skipped"],
    ["an exception is an error, not a failure", [passed, raised], {}, "error: exception"],
    ["a check that says error is one", [result("error")], {}, "error: exception"],
    [
      "an empty backtrace still means that something was raised",
      [result("passed", { backtrace: [] })],
      {},
      "error: exception",
    ],
    ["a null backtrace means nothing", [result("passed", { backtrace: null })], {}, "passed: passed"],
    ["impact 0 does not apply, whatever the checks say", [failed], { impact: 0 }, "not_applicable: impact_zero"],
    ["a waiver that skipped it makes it not applicable", [skipped], waived, "not_applicable: waived"],
    [
      "a waiver that let it run changes nothing",
      [failed],
      { waiver_data: { run: true, justification: "x" } },
      "failed: failed",
    ],
    ["an error goes before a waiver", [raised], waived, "error: exception"],
    ["an error goes before impact 0", [raised], { impact: 0 }, "error: exception"],
    ["impact 0 goes before no test at all", [], { impact: 0 }, "not_applicable: impact_zero"],
    ["no test at all is an error and never a pass", [], {}, "error: no_tests_ran"],
    ["no result list reads as no test at all", [], { results: undefined }, "error: no_tests_ran"],
    ["a check without a status decides nothing", [result(undefined)], {}, "error: no_result_status"],
    ["a check with a null status decides nothing", [result(null)], {}, "error: no_result_status"],
    [
      "a word that the format does not know is never a pass",
      [passed, result("fine")],
      {},
      "error: unknown_result_status",
    ],
  ])("%s", (_, results, given, expected) => {
    expect(verdict(results, given)).toBe(expected);
  });

  it("names a control whose source could not be loaded", () => {
    expect(verdict([result("failed", { backtrace: ["x"], code_desc: "Control Source Code Error x.rb:1 " })])).toBe(
      "error: control_source_error",
    );
  });
});

describe("where readers disagree (facts/reports.md §1.4)", () => {
  it.each([
    ["InSpec passes a control without tests", [], { status: "passed" }, "error: no_tests_ran"],
    [
      "InSpec does not review a waived control",
      [skipped],
      { ...waived, status: "not_reviewed" },
      "not_applicable: waived",
    ],
    [
      "InSpec leaves a raising not_applicable_if out of its errors",
      [result("failed", { backtrace: ["x"] })],
      { impact: 0, status: "not_applicable" },
      "error: exception",
    ],
    [
      'a waiver of the text "false" counts as waived in Heimdall',
      [failed],
      { waiver_data: { skipped_due_to_waiver: "false" } },
      "not_applicable: waived",
    ],
  ])("%s; muster says what inspecjs says", (_, results, given, expected) => {
    const [theirs] = askInspecjs(hdfOf(control("c", results, given)));
    expect([verdict(results, given), theirs?.status]).toEqual([expected, expected.split(":")[0]]);
  });
});

describe("reports that the auditor wrote", () => {
  it.each(["container-baseline", "mixed", "waived", "wrapper", "odd-bytes"] as const)(
    "%s reads as in inspecjs",
    (name) => {
      const ours = readHdf(fixture(name)).controls.map((one) => [one.id, verdictOf(one).status]);
      expect(ours).toEqual(askInspecjs(fixture(name)).map(({ id, status }) => [id, status]));
    },
  );
});
