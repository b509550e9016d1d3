import fc from "fast-check";
import { beforeEach, describe, expect, it } from "vitest";
import { Manifest } from "#contract/manifest.ts";
import { attested } from "#report/attestation.ts";
import { buildReport, type Report } from "#report/report.ts";
import { verifyReport } from "#report/verify.ts";
import { trusting } from "#signing/trust.ts";
import { memorySigner } from "#test/support/signing.ts";
import { context, fixture } from "./documents.ts";

const signer = memorySigner();
const trusted = trusting([signer]);
const hdf = fixture("container-baseline");
const signed = await attested(buildReport(hdf, context()), signer);
const asFiles = (report: Report) => new Map(report.files.map(({ name, bytes }) => [name, bytes]));
let files: Map<string, Uint8Array>;

beforeEach(() => {
  files = asFiles(signed);
});

const verdict = () => verifyReport(files, trusted);
const broken = async (...faults: readonly (string | RegExp)[]) => {
  const { state, faults: found } = await verdict();
  expect(state).toBe("broken");
  for (const fault of faults) expect(found).toContainEqual(expect.stringMatching(fault));
};

describe("a signed report", () => {
  it("has its attestation after its manifest, and nothing after that", () => {
    expect(signed.files.slice(-2).map(({ name }) => name)).toEqual(["manifest.json", "attestation.sigstore.json"]);
  });

  it("has a manifest that keeps to the contract and names its attestation", () => {
    const manifest = Manifest.parse(JSON.parse(new TextDecoder().decode(files.get("manifest.json"))));
    expect(manifest.attestation).toBe("attestation.sigstore.json");
  });

  it("names every file as a subject, and the target in what it says of them", () => {
    const { dsseEnvelope } = JSON.parse(new TextDecoder().decode(files.get("attestation.sigstore.json")));
    const statement = JSON.parse(Buffer.from(dsseEnvelope.payload, "base64").toString());
    const names = statement.subject.map(({ name }: { name: string }) => name);
    expect(names).toEqual(["hdf.json", "summary.json", "findings.ndjson.gz", "report.html", "manifest.json"]);
    expect(statement.predicate).toMatchObject({ target: context().target, counts: signed.summary.counts });
  });

  it("is verified, and tells whose key says so", async () => {
    expect(await verdict()).toMatchObject({ state: "verified", faults: [], keyId: (await signer.publicKey()).keyId });
  });

  it("is not verified with any one byte of any file changed", async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.constantFrom(...files.keys()),
        fc.nat(),
        fc.integer({ min: 1, max: 255 }),
        async (name, at, by) => {
          const copy = Uint8Array.from(files.get(name) ?? []);
          const index = at % copy.length;
          copy[index] = (copy[index] ?? 0) ^ by;
          const { state } = await verifyReport(new Map([...files, [name, copy]]), trusted);
          // White space around the signature says nothing; every other byte does.
          if (state === "verified") expect([name, copy.length - 1]).toEqual(["attestation.sigstore.json", index]);
        },
      ),
      { numRuns: 300 },
    );
  });

  it("is not verified with any byte of its attestation changed but the line's end", async () => {
    const name = "attestation.sigstore.json";
    const whole = files.get(name) ?? new Uint8Array();
    const held: number[] = [];
    for (const by of [1, 0x20]) {
      for (let index = 0; index < whole.length; index += 1) {
        const copy = Uint8Array.from(whole);
        copy[index] = (copy[index] ?? 0) ^ by;
        if ((await verifyReport(new Map([...files, [name, copy]]), trusted)).state === "verified") held.push(index);
      }
    }
    expect(held.filter((index) => index !== whole.length - 1)).toEqual([]);
  });

  it.each([...namesOfFiles()])("is broken without its %s", async (name) => {
    files.delete(name);
    await broken(new RegExp(`^${name.replaceAll(".", "\\.")} is missing`));
  });

  it("is broken with a file more than it had", async () => {
    files.set("report-2.html", new Uint8Array([1]));
    await broken("report-2.html is no file of this report");
  });

  it("is broken when files and manifest were changed to agree", async () => {
    const forged = buildReport(hdf, context({ finishedAt: "2026-11-25T03:00:00.000Z" }));
    for (const { name, bytes } of forged.files) files.set(name, bytes);
    await broken("manifest.json is not what was signed");
  });

  it("is broken when somebody else signed it", async () => {
    files = asFiles(await attested(buildReport(hdf, context()), memorySigner()));
    await broken(/signed by a key that is not trusted here/);
  });

  it("is broken with another report's attestation, made by the same key", async () => {
    const other = await attested(buildReport(hdf, context({ taskId: "9".repeat(32) })), signer);
    files.set("attestation.sigstore.json", asFiles(other).get("attestation.sigstore.json") ?? new Uint8Array());
    await broken("manifest.json is not what was signed");
  });
});

/** Names of all files; `it.each` wants them before anything has run. */
function namesOfFiles() {
  return asFiles(signed).keys();
}

describe("a report that nobody signed", () => {
  const unsigned = buildReport(hdf, context({ signed: false }));
  beforeEach(() => {
    files = asFiles(unsigned);
  });

  it("says so in manifest, summary and page", () => {
    const text = (name: string) => new TextDecoder().decode(files.get(name));
    expect(JSON.parse(text("manifest.json")).attestation).toBeNull();
    expect(JSON.parse(text("summary.json")).signed).toBe(false);
    expect(text("report.html")).toContain("This report is not signed");
  });

  it("is not signed, and not verified", async () => {
    expect(await verdict()).toMatchObject({ state: "not-signed", faults: [] });
  });

  it("is broken when a file does not agree with the manifest", async () => {
    files.set("hdf.json", new Uint8Array([123, 125]));
    await broken(/hdf\.json has 2 bytes/);
  });
});

it("a folder without a manifest was never finished", async () => {
  expect(await verifyReport(new Map([["hdf.json", hdf]]), trusted)).toMatchObject({ state: "broken" });
});

it("a manifest cannot name a file of another folder", async () => {
  const manifest = JSON.parse(new TextDecoder().decode(files.get("manifest.json")));
  manifest.files[0].name = "../hdf.json";
  files.set("manifest.json", Buffer.from(JSON.stringify(manifest)));
  await broken(/manifest\.json cannot be read: files\[0\]\.name/);
});
