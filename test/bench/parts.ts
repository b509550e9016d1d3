import type { Row } from "./row.ts";
import type { Report } from "./run.ts";

/** The parts of a measurement, by the names that `--only` takes; each gets the place that it measures in. */
export type Parts<T> = Readonly<Record<string, (place: T) => Promise<readonly Row[]>>>;

/** Measures one part after the other, and tells its rows as they come. Gives all of them. */
export async function takeParts<T>(report: Report, parts: Parts<T>, place: T): Promise<readonly Row[]> {
  const rows: Row[] = [];
  for (const [name, part] of Object.entries(parts)) {
    if (report.only !== undefined && report.only !== name) continue;
    const more = await part(place);
    report.take(more);
    rows.push(...more);
  }
  return rows;
}
