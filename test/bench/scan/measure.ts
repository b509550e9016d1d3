import { ownCluster } from "../own-cluster.ts";
import type { Row } from "../row.ts";
import type { Report } from "../run.ts";
import { auditorCpu } from "./auditor-cpu.ts";
import { blocking } from "./blocking.ts";
import { cheapCommand } from "./cheap-command.ts";
import { differing } from "./differing.ts";
import { inside } from "./inside.ts";
import { limit } from "./limit.ts";
import { memory } from "./memory.ts";
import { others } from "./others.ts";
import { openPlace, type Place, portOf } from "./place.ts";
import { roundTrips } from "./round-trips.ts";
import { asTable } from "./table.ts";
import { twoLanes } from "./two-lanes.ts";

const parts: Readonly<Record<string, (place: Place, serverPort: number) => Promise<readonly Row[]>>> = {
  "round-trips": roundTrips,
  blocking,
  inside,
  limit,
  "two-lanes": twoLanes,
  "cheap-command": cheapCommand,
  "auditor-cpu": auditorCpu,
  memory,
  others,
  differing,
};

/** Measures whole scans, from the task to the outcome, against real containers of one embedded cluster behind a hop with distance. */
export async function measure(report: Report): Promise<void> {
  const cluster = await ownCluster();
  const rows: Row[] = [];
  try {
    const port = portOf(cluster.server);
    const place = await openPlace(cluster.kubeconfig, port);
    try {
      for (const [name, part] of Object.entries(parts)) {
        if (report.only !== undefined && report.only !== name) continue;
        const more = await part(place, port);
        report.take(more);
        rows.push(...more);
      }
    } finally {
      await place.close();
    }
  } finally {
    await cluster.stop();
  }
  process.stderr.write(`\n${asTable(rows)}\n`);
}
