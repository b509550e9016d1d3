import { randomBytes } from "node:crypto";
import { constants } from "node:fs";
import { mkdir, open, rm } from "node:fs/promises";
import { join } from "node:path";
import { ScanError } from "#contract/errors.ts";

/** The largest report that is taken, in bytes. */
const maxReportBytes = 256 * 1024 * 1024;

/** A scan's own folder: its sockets, its cache and its report. */
export interface ScanFolder {
  readonly id: string;
  readonly path: string;
  remove(): Promise<void>;
}

export async function makeScanFolder(home: string, log: (line: string) => void): Promise<ScanFolder> {
  const id = randomBytes(4).toString("hex");
  const path = join(home, id);
  await mkdir(path, { recursive: true, mode: 0o700 }); // also when a profile has deleted the work folder
  return {
    id,
    path,
    remove: () =>
      rm(path, { recursive: true, force: true }).catch((error: unknown) => log(`auditor: ${path} stays: ${error}`)),
  };
}

/** The report's bytes. The folder was the profile's to write in: only a plain file of a sane size is a report. */
export async function readReport(folder: string): Promise<Uint8Array> {
  const flags = constants.O_RDONLY | constants.O_NOFOLLOW | constants.O_NONBLOCK;
  const file = await open(join(folder, "report.json"), flags).catch((cause: unknown) => {
    throw new ScanError("auditor-crashed", "the auditor ended well, and its report is not there", { cause });
  });
  try {
    const { size, isFile } = await file.stat().then((stat) => ({ size: stat.size, isFile: stat.isFile() }));
    if (!isFile) throw new ScanError("auditor-crashed", "the auditor's report is not a file");
    if (size > maxReportBytes) {
      throw new ScanError("too-large", `the report has ${size} bytes, and the cap is ${maxReportBytes}`);
    }
    return await file.readFile();
  } finally {
    await file.close();
  }
}
