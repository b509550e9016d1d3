import { ownCluster } from "../own-cluster.ts";
import { type Parts, takeParts } from "../parts.ts";
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

const parts: Parts<Place> = {
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
  try {
    const place = await openPlace(cluster.kubeconfig, portOf(cluster.server));
    try {
      const rows = await takeParts(report, parts, place);
      process.stderr.write(`\n${asTable(rows)}\n`);
    } finally {
      await place.close();
    }
  } finally {
    await cluster.stop();
  }
}
