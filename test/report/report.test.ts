import { createHash } from "node:crypto";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { Summary } from "#contract/summary.ts";
import { canonicalJson, type Json } from "#report/canonical-json.ts";
import { buildReport } from "#report/report.ts";
import { context, fixture } from "./documents.ts";

const hdf = fixture("container-baseline");
const report = buildReport(hdf, context());
const file = (name: string) => {
  const found = report.files.find((one) => one.name === name);
  if (found === undefined) throw new Error(`no ${name}`);
  return found;
};
const textOf = (name: string) => new TextDecoder().decode(file(name).bytes);

describe("a report", () => {
  it("has its manifest last", () => {
    expect(report.files.map(({ name }) => name)).toEqual([
      "hdf.json",
      "summary.json",
      "findings.ndjson.gz",
      "report.html",
      "manifest.json",
    ]);
  });

  it("keeps the auditor's JSON byte for byte", () => {
    expect(Buffer.compare(file("hdf.json").bytes, hdf)).toBe(0);
  });

  it("is the same bytes for the same input", () => {
    expect(buildReport(hdf, context())).toEqual(report);
  });

  it("has a summary that keeps to the contract", () => {
    expect(Summary.safeParse(JSON.parse(textOf("summary.json"))).error?.issues).toBeUndefined();
  });

  it("says when profiles were told that this is a container", () => {
    const told = buildReport(hdf, context({ presentedAsContainer: true }));
    expect(told.summary.presentedAsContainer).toBe(true);
    expect(report.summary).not.toHaveProperty("presentedAsContainer");
    expect(new TextDecoder().decode(told.files[3]?.bytes)).toContain("Presented as a container");
  });

  it("tells two targets apart in every file but the auditor's own", () => {
    const other = buildReport(hdf, context({ target: { ...context().target, podUid: "another", container: "side" } }));
    const same = report.files.filter((one, index) => Buffer.compare(one.bytes, other.files[index]?.bytes ?? hdf) === 0);
    expect(same.map(({ name }) => name)).toEqual(["hdf.json"]);
  });
});

describe("the manifest", () => {
  interface Manifest {
    readonly files: readonly { readonly name: string; readonly bytes: number; readonly sha256: string }[];
  }
  const manifest = JSON.parse(textOf("manifest.json")) as Manifest; // our own file

  it("has the size and digest of every other file", () => {
    const seen = report.files.slice(0, -1).map(({ name, bytes, contentType }) => ({
      name,
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      contentType,
    }));
    expect(manifest.files).toEqual(seen);
  });

  it("is canonical JSON", () => {
    expect(textOf("manifest.json")).toBe(canonicalJson(JSON.parse(textOf("manifest.json")) as Json));
  });
});

describe("canonical JSON", () => {
  it("sorts keys and leaves no white space", () => {
    expect(canonicalJson({ b: [1, { d: null, c: "é" }], a: true, gone: undefined })).toBe(
      '{"a":true,"b":[1,{"c":"é","d":null}]}',
    );
  });

  it("refuses a number that JSON does not have", () => {
    expect(() => canonicalJson({ a: Number.NaN })).toThrow(RangeError);
  });

  it("reads back as the value that went in", () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = JSON.stringify(value);
        expect(JSON.parse(canonicalJson(JSON.parse(text) as Json))).toEqual(JSON.parse(text));
      }),
    );
  });
});
