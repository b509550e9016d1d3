import type { Row } from "../row.ts";
import type { Report } from "../run.ts";
import { bundles } from "./bundle.ts";

const parts: Readonly<Record<string, () => Promise<readonly Row[]>>> = { bundle: bundles };

/** Measures what the functions cost in the cloud, as far as it shows on one machine. */
export async function measure(report: Report): Promise<void> {
  for (const [name, part] of Object.entries(parts)) {
    if (report.only === undefined || report.only === name) report.take(await part());
  }
}
