import { ScanError } from "#contract/errors.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { Report } from "#report/report.ts";

/**
 * Writes every file of one attempt into the attempt's own folder, the manifest last. Nobody reads the folder before an
 * outcome names it, so a crash half-way leaves only litter.
 */
export async function publish(evidence: ObjectStore, folder: string, report: Report): Promise<void> {
  const last = report.files.at(-1);
  if (last?.name !== "manifest.json") throw new ScanError("internal", "a report must end with its manifest");
  const write = async (file: Report["files"][number]) => {
    const key = `${folder}/${file.name}`;
    if ((await evidence.create(key, file.bytes, file)) === "exists") {
      throw new ScanError("internal", `${key} is there already: two attempts share one name`);
    }
  };
  await Promise.all(report.files.slice(0, -1).map(write));
  await write(last);
}
