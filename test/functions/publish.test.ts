import { describe, expect, it } from "vitest";
import { s3Objects } from "#aws/objects.ts";
import { publish } from "#functions/executor/publish.ts";
import { attested } from "#report/attestation.ts";
import { buildReport } from "#report/report.ts";
import { verifyReport } from "#report/verify.ts";
import { trusting } from "#signing/trust.ts";
import { startProcess } from "#test/faults/cloud/process.ts";
import { context, fixture } from "#test/report/documents.ts";
import { memoryBuckets } from "#test/support/buckets.ts";
import { memorySigner } from "#test/support/signing.ts";

const signer = memorySigner();
const report = await attested(buildReport(fixture("container-baseline"), context()), signer);
const { folder } = context();

/** Publishes in a process that dies at one of its calls; gives what then lies in the folder. */
async function left(call: number, worked: boolean): Promise<ReadonlyMap<string, Uint8Array>> {
  const { cloud, evidence } = await memoryBuckets();
  const process = startProcess({ cloud, death: { call, worked }, patient: false, turns: () => 0 });
  await publish(s3Objects(process.s3, "evidence"), folder, report).catch(() => undefined);
  const files = new Map<string, Uint8Array>();
  for (const key of await evidence.list(folder)) {
    files.set(key.slice(folder.length + 1), (await evidence.read(key))?.bytes ?? new Uint8Array());
  }
  return files;
}

const deaths = report.files.flatMap((_, index) => [
  [index + 1, "before its work", false] as const,
  [index + 1, "after its work", true] as const,
]);

describe("a report that is being published", () => {
  it.each(deaths)(
    "by a process that dies in write %i, %s, is whole or cannot be taken for whole",
    async (call, _, worked) => {
      const files = await left(call, worked);
      const { state } = await verifyReport(files, trusting([signer]));
      expect(state).toBe(files.size === report.files.length ? "verified" : "broken");
      if (files.has("manifest.json")) expect(files.size).toBeGreaterThanOrEqual(report.files.length - 1);
    },
  );

  it("is never published over another attempt's", async () => {
    const { evidence } = await memoryBuckets();
    await publish(evidence, folder, report);
    await expect(publish(evidence, folder, report)).rejects.toThrow(/is there already/);
  });

  it("is refused when something would follow its attestation", async () => {
    const { evidence } = await memoryBuckets();
    const more = {
      ...report,
      files: [...report.files, { name: "late.json", bytes: new Uint8Array(), contentType: "x" }],
    };
    await expect(publish(evidence, folder, more)).rejects.toMatchObject({ code: "internal" });
    expect(await evidence.list("")).toEqual([]);
  });
});
