import { ScanError } from "#contract/errors.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { Report } from "#report/report.ts";

/**
 * Writes every file of one attempt into the attempt's own folder: the manifest when all others are there, and the
 * attestation when the manifest is. Nobody reads the folder before an outcome names it, so a crash half-way leaves only
 * litter, and a folder with an attestation in it is whole.
 */
export async function publish(evidence: ObjectStore, folder: string, report: Report): Promise<void> {
  const manifest = report.files.findIndex(({ name }) => name === "manifest.json");
  const last = report.files.slice(manifest);
  if (manifest < 0 || last.slice(1).some(({ name }) => name !== "attestation.sigstore.json")) {
    throw new ScanError("internal", "a report must end with its manifest and its attestation");
  }
  const write = async (file: Report["files"][number]) => {
    const key = `${folder}/${file.name}`;
    if ((await evidence.create(key, file.bytes, file)) === "exists") {
      throw new ScanError("internal", `${key} is there already: two attempts share one name`);
    }
  };
  await Promise.all(report.files.slice(0, manifest).map(write));
  for (const file of last) await write(file);
}
