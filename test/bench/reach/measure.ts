import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { ownCluster } from "../own-cluster.ts";
import { type Parts, takeParts } from "../parts.ts";
import type { Report } from "../run.ts";
import { deadAddresses } from "./dead-addresses.ts";
import { execsAfterKills } from "./execs-after-kills.ts";
import { imageMemory } from "./image-memory.ts";
import { leftoversAfterKills } from "./leftovers-after-kills.ts";
import { matrixRows } from "./matrix-rows.ts";
import { measureWithoutShell } from "./without-shell.ts";

const parts: Parts<EmbeddedCluster> = {
  "leftovers-after-kills": leftoversAfterKills,
  "execs-after-kills": execsAfterKills,
  "dead-addresses": deadAddresses,
  "image-memory": imageMemory,
  "without-shell": measureWithoutShell,
  matrix: matrixRows,
};

/** Measures how containers are reached, and what that leaves behind, on one embedded cluster. */
export async function measure(report: Report): Promise<void> {
  const cluster = await ownCluster();
  try {
    await takeParts(report, parts, cluster);
  } finally {
    await cluster.stop();
  }
}
