import { appendFileSync, cpSync, mkdirSync, mkdtempSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { attested } from "#report/attestation.ts";
import { buildReport } from "#report/report.ts";
import { storeSigner } from "#signing/key-file.ts";
import { pemOf } from "#signing/public-key.ts";
import { context, fixture } from "#test/report/documents.ts";
import { expectOneClearMessage, runMuster } from "#test/support/run-muster.ts";
import { memorySigner } from "#test/support/signing.ts";

let store: string;
let report: string;

beforeEach(async () => {
  store = mkdtempSync(join(tmpdir(), "muster-"));
  report = join(store, "evidence", context().folder);
  await write(report, true);
});
afterEach(() => rmSync(store, { recursive: true }));

async function write(folder: string, signed: boolean): Promise<void> {
  const plain = buildReport(fixture("mixed"), context({ signed }));
  const { files } = signed ? await attested(plain, storeSigner(store)) : plain;
  mkdirSync(folder, { recursive: true });
  for (const { name, bytes } of files) writeFileSync(join(folder, name), bytes);
}

const verify = (...words: readonly string[]) => runMuster(["report", "verify", ...words]);

describe("muster report verify", () => {
  it("verifies a report with the key of the store that it lies in, and says what it is of", async () => {
    const { code, stdout } = await verify(report);
    expect(stdout).toContain(": verified\n  prod/shop/web-7d9c5b8f64-x2k9q/main · baseline · ");
    expect(code).toBe(0);
  });

  it("verifies a copy anywhere with a public key", async () => {
    const copy = mkdtempSync(join(tmpdir(), "muster-copy-"));
    cpSync(report, copy, { recursive: true });
    writeFileSync(`${copy}.pem`, pemOf(await storeSigner(store).publicKey()));
    const { code } = await verify(copy, "--key", `${copy}.pem`);
    rmSync(copy, { recursive: true });
    rmSync(`${copy}.pem`);
    expect(code).toBe(0);
  });

  it("exits 1 and names what was changed", async () => {
    appendFileSync(join(report, "hdf.json"), " ");
    const { code, stdout } = await verify(store);
    expect(stdout).toMatch(/BROKEN[\s\S]*hdf\.json has \d+ bytes; the manifest says/);
    expect(code).toBe(1);
  });

  it("exits 1 when another key signed", async () => {
    const other = await memorySigner().publicKey();
    writeFileSync(join(store, "other.pem"), pemOf(other));
    const { code, stdout } = await verify(report, "--key", join(store, "other.pem"));
    expect(stdout).toContain("signed by a key that is not trusted here");
    expect(code).toBe(1);
  });

  it("exits 1 when a report was put into another scan's folder", async () => {
    const elsewhere = report.replace("/web/", "/other/").replace("deployment.web", "deployment.other");
    mkdirSync(dirname(elsewhere), { recursive: true });
    renameSync(report, elsewhere);
    const { code, stdout } = await verify(store);
    expect(stdout).toContain(`this is the report of ${context().folder}`);
    expect(code).toBe(1);
  });

  it("exits 1 when a report lost its manifest", async () => {
    rmSync(join(report, "manifest.json"));
    expect(await verify(store)).toMatchObject({ code: 1, stdout: expect.stringContaining("manifest.json is missing") });
  });

  it("exits 2 for a report that nobody signed, and says so", async () => {
    rmSync(report, { recursive: true });
    await write(report, false);
    expect(await verify(store)).toMatchObject({ code: 2, stdout: expect.stringContaining(": not signed\n") });
  });

  it("tells the same as one JSON document", async () => {
    const { stdout } = await verify(report, "--json");
    const { keyId } = await storeSigner(store).publicKey();
    expect(JSON.parse(stdout)).toEqual({
      reports: [expect.objectContaining({ folder: report, state: "verified", faults: [], keyId })],
    });
  });

  it("asks for a key where no store's is to be found", async () => {
    rmSync(join(store, "signing-key.pem"));
    expectOneClearMessage(await verify(report), "bad-request", "--key");
  });

  it("does not pass over a folder without reports", async () => {
    expectOneClearMessage(await verify(join(store, "nothing")), "bad-request", "no folder");
  });
});
