import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { ownCluster } from "../own-cluster.ts";
import { type Parts, takeParts } from "../parts.ts";
import type { Report } from "../run.ts";
import { cheapCommands } from "./cheap-commands.ts";
import { concurrentCallers } from "./concurrent-callers.ts";
import { execsPerScan } from "./execs-per-scan.ts";
import { inSession } from "./in-session.ts";
import { muchOutput } from "./much-output.ts";
import { openAndClose } from "./open-and-close.ts";
import { pipelinedFar } from "./pipelined-far.ts";
import { silentDrop } from "./silent-drop.ts";

const parts: Parts<EmbeddedCluster> = {
  "execs-per-scan": execsPerScan,
  "in-session": inSession,
  "cheap-commands": cheapCommands,
  "pipelined-far": pipelinedFar,
  "much-output": muchOutput,
  "concurrent-callers": concurrentCallers,
  "silent-drop": silentDrop,
  "open-and-close": openAndClose,
};

/** Measures the exec transport against real containers of one embedded cluster. */
export async function measure(report: Report): Promise<void> {
  const cluster = await ownCluster();
  try {
    await takeParts(report, parts, cluster);
  } finally {
    await cluster.stop();
  }
}
