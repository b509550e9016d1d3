import { describe, expect, it } from "vitest";
import { ScanError } from "#contract/errors.ts";
import { readHdf } from "#report/hdf.ts";
import { bytesOf, control, documentOf, type Fields, fixture, hdfOf, profile, result } from "./documents.ts";

function refusal(bytes: Uint8Array): string {
  try {
    readHdf(bytes);
  } catch (thrown) {
    if (thrown instanceof ScanError) return `${thrown.code}: ${thrown.message}`;
    throw thrown;
  }
  return "read";
}

const only = (given: Fields, checks: readonly Fields[] = [result("passed")]) => {
  const [one] = readHdf(hdfOf(control("c", checks, given))).controls;
  if (one === undefined) throw new Error("the control is gone");
  return one;
};

describe("a report that cannot be trusted is refused, with what is wrong", () => {
  it.each([
    ["no bytes", new Uint8Array(), "auditor-crashed: the auditor's report cannot be read: the document is empty"],
    ["a list", bytesOf([]), "auditor-crashed: the auditor's report cannot be read: the document must be an object"],
    [
      "no profiles",
      bytesOf({ platform: {} }),
      "auditor-crashed: the auditor's report cannot be read: profiles must be a list",
    ],
    [
      "an empty list of profiles",
      documentOf([]),
      "auditor-crashed: the auditor's report cannot be read: profiles must name at least one profile",
    ],
    [
      "no platform",
      documentOf([profile("p", [])], { platform: null }),
      "auditor-crashed: the auditor's report cannot be read: platform must be an object",
    ],
    [
      "a control without an id",
      hdfOf(control("c", [], { id: null })),
      "auditor-crashed: the auditor's report cannot be read: profiles[0].controls[0].id must be text",
    ],
    [
      "an impact in words",
      hdfOf(control("c", [], { impact: "high" })),
      "auditor-crashed: the auditor's report cannot be read: the impact of control c must be a number",
    ],
    [
      "results that are no list",
      hdfOf(control("c", [], { results: {} })),
      "auditor-crashed: the auditor's report cannot be read: profiles[0].controls[0].results must be a list",
    ],
    [
      "a profile that did not load",
      documentOf([profile("p", [], { status: "failed", status_message: "bad" })]),
      "profile-invalid: the auditor could not load p: bad",
    ],
    [
      "a profile that was skipped",
      documentOf([profile("p", [], { status: "skipped", skip_message: "not for here" })]),
      "profile-mismatch: the auditor skipped p: not for here",
    ],
    [
      "profiles in a circle",
      documentOf([profile("p", [], { parent_profile: "q" }), profile("q", [], { parent_profile: "p" })]),
      "auditor-crashed: the auditor's report cannot be read: profile p extends itself through its parents",
    ],
  ])("%s", (_, bytes, expected) => {
    expect(refusal(bytes)).toBe(expected);
  });

  it("a cut report", () => {
    const whole = fixture("mixed");
    expect(refusal(whole.subarray(0, whole.length / 2))).toMatch(/^auditor-crashed: .* is not JSON/);
  });
});

describe("what does not matter to a verdict is taken as it comes", () => {
  it.each([
    ["a numeric resource_id", {}, [result("passed", { resource_id: 7 })]],
    ["tags that are null", { tags: null }],
    ["a tag without a value", { tags: { gtitle: null, severity: null } }],
    ["a severity that is a list", { tags: { severity: ["x"] } }],
    ["null descriptions", { descriptions: null }],
    ["a null waiver", { waiver_data: null }],
    ["a null title", { title: null }],
  ])("%s", (_, given, checks = [result("passed")]) => {
    expect(only(given, checks).results[0]?.status).toBe("passed");
  });

  it("reads nist as a text or as a list, and leaves the edition out", () => {
    expect([only({ tags: { nist: "AC-2" } }).nist, only({ tags: { nist: ["AC-3 (4)", "Rev_4", ""] } }).nist]).toEqual([
      ["AC-2"],
      ["AC-3 (4)"],
    ]);
  });

  it("takes check and fix from descriptions, or from tags where older profiles keep them", () => {
    expect([only({}).fix, only({ descriptions: [], tags: { fix: "old" } }).fix]).toEqual(["how to fix", "old"]);
  });

  it("makes half a surrogate pair a replacement character", () => {
    expect(only({ title: "a\ud800b" }).title).toBe("a�b");
  });

  it("is not fooled by a key named __proto__", () => {
    const text = new TextDecoder().decode(hdfOf(control("c", [result("passed")], { tags: { x: 1 } })));
    const [one] = readHdf(
      new TextEncoder().encode(text.replace('"x":1', '"__proto__":{"severity":"critical"}')),
    ).controls;
    expect(one?.severityTags).toEqual([]);
  });
});

describe("overlays", () => {
  const layer = (name: string, results: readonly Fields[], parent?: string) =>
    profile(name, [control("c", results, { title: name })], parent === undefined ? {} : { parent_profile: parent });

  it("counts a control of three layers once, as the layer with the results has it", () => {
    const bytes = documentOf([
      layer("top", []),
      layer("middle", [], "top"),
      layer("bottom", [result("failed")], "middle"),
    ]);
    expect(readHdf(bytes).controls.map(({ title, results }) => [title, results.length])).toEqual([["bottom", 1]]);
  });

  it("keeps a control that the overlay does not name", () => {
    const bottom = profile("bottom", [control("c", [result("passed")]), control("extra", [result("failed")])], {
      parent_profile: "top",
    });
    expect(readHdf(documentOf([layer("top", []), bottom])).controls.map(({ id }) => id)).toEqual(["c", "extra"]);
  });

  it("names the report by the profile that was asked for", () => {
    expect(readHdf(fixture("wrapper")).profile.name).toBe("wrapper");
  });
});
