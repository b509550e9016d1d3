import type { Summary } from "#contract/summary.ts";
import type { ReportContext } from "./context.ts";
import { findingsFile, findingsOf } from "./findings.ts";
import { readHdf } from "./hdf.ts";
import { judge } from "./judged.ts";
import { manifestFile, type ReportFile } from "./manifest.ts";
import { reportPage } from "./page/page.ts";
import { summaryOf } from "./summary.ts";

export type { ReportContext } from "./context.ts";
export type { ReportFile } from "./manifest.ts";

/** All files of one attempt at one scan, the manifest last, and the summary for whoever writes the outcome. */
export interface Report {
  readonly files: readonly ReportFile[];
  readonly summary: Summary;
}

/**
 * Makes the report from the auditor's JSON, which becomes `hdf.json` untouched. Equal input gives equal bytes.
 * Throws a ScanError when the JSON cannot be read or says that the profile did not run.
 */
export function buildReport(hdf: Uint8Array, context: ReportContext): Report {
  const document = readHdf(hdf);
  const judged = judge(document.controls, context.finishedAt);
  const summary = summaryOf(judged, document, context);
  const encode = (text: string) => new TextEncoder().encode(text);
  const files: readonly ReportFile[] = [
    { name: "hdf.json", bytes: hdf, contentType: "application/json" },
    { name: "summary.json", bytes: encode(`${JSON.stringify(summary, null, 2)}\n`), contentType: "application/json" },
    {
      name: "findings.ndjson.gz",
      bytes: findingsFile(findingsOf(judged, document, context)),
      contentType: "application/gzip",
    },
    { name: "report.html", bytes: encode(reportPage(judged, summary)), contentType: "text/html; charset=utf-8" },
  ];
  return { files: [...files, manifestFile(files, summary, context.folder)], summary };
}
