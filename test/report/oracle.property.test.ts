import fc from "fast-check";
import { expect, it } from "vitest";
import { readHdf } from "#report/hdf.ts";
import { judge } from "#report/judged.ts";
import { control, documentOf, type Fields, profile, result } from "./documents.ts";
import { askInspecjs } from "./oracle.ts";

const maybe = <T>(...values: readonly T[]) => fc.constantFrom(undefined, null, ...values);

const anyResult = fc
  .record({
    status: maybe("passed", "failed", "skipped", "error"),
    backtrace: fc.oneof({ weight: 6, arbitrary: fc.constant(undefined) }, maybe([], ["x.rb:1"])),
    message: maybe("", "expected 1, got 2"),
    skip_message: maybe("", "no reason"),
    exception: maybe("RuntimeError"),
    run_time: maybe(0, 0.5),
    resource_id: maybe("r"),
  })
  .map(({ status, ...given }) => result(status, given));

const severityTag = fc.constantFrom(undefined, null, "low", "High", "CRITICAL", "none", "informational", "");

const anyControl = fc
  .record({
    id: fc.constantFrom("a", "b", "c", "d"),
    results: fc.array(anyResult, { maxLength: 3 }),
    impact: fc.oneof(fc.constantFrom(0, -0, 0.1, 0.4, 0.7, 0.9, 1), fc.double({ min: -1, max: 2, noNaN: true })),
    tags: fc.record({
      severity: severityTag,
      severityoverride: severityTag,
      nist: fc.constantFrom(undefined, null, "AC-2", ["AC-2", "Rev_4"], []),
    }),
    waiver_data: fc.oneof(
      maybe({}),
      fc.record({
        skipped_due_to_waiver: maybe<boolean | string>(true, false, "", "false", "true"),
        run: maybe(true, false),
        justification: maybe("why"),
        expiration_date: maybe("2020-01-01"),
        message: maybe(""),
      }),
    ),
    status: maybe("passed", "failed"),
  })
  .map(({ id, results, ...given }) => control(id, results, given));

/** Up to four profiles; a parent is an earlier or a missing one, so that no circle comes about. */
const anyDocument = fc
  .array(fc.record({ controls: fc.array(anyControl, { maxLength: 5 }), parent: fc.nat(5) }), {
    minLength: 1,
    maxLength: 4,
  })
  .map((layers) =>
    layers.map(({ controls, parent }, index) => profile(`p${index}`, controls, parentOf(parent, index))),
  );

function parentOf(parent: number, index: number): Fields {
  if (parent < index) return { parent_profile: `p${parent}` };
  return parent === 5 ? { parent_profile: "nowhere" } : {};
}

it("gives every control of every document the status and severity that inspecjs gives it", () => {
  fc.assert(
    fc.property(anyDocument, (profiles) => {
      const bytes = documentOf(profiles);
      const ours = judge(readHdf(bytes).controls, "2026-11-24T03:00:00.000Z");
      const seen = ours.map(({ control: { id }, status, severity }) => ({ id, status, severity }));
      expect(seen).toEqual(askInspecjs(bytes));
    }),
    { numRuns: 500 },
  );
}, 60_000);
