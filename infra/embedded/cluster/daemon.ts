import { parseArgs } from "node:util";
import { startCluster } from "./cluster.ts";
import { removeState, writeState } from "./daemon-state.ts";
import { SAMPLE_WORKLOADS } from "./manifests.ts";
import { identify } from "./process-identity.ts";
import { RequirementError } from "./requirements.ts";
import { isKubernetesVersion } from "./versions.ts";

/** What the daemon tells the process that started it. */
export type DaemonMessage =
  | { readonly kind: "progress"; readonly line: string }
  | { readonly kind: "ready" }
  | { readonly kind: "failed"; readonly message: string; readonly requirement: boolean };

/** The whole life of the detached process: start, tell, wait for SIGTERM, stop. */
async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      dir: { type: "string" },
      version: { type: "string" },
      rtt: { type: "string" },
      workloads: { type: "string" },
    },
  });
  const { dir = "", version = "1.36", rtt = "0", workloads = SAMPLE_WORKLOADS } = values;
  if (!isKubernetesVersion(version)) throw new Error(`no behaviour for Kubernetes ${version}`);
  const rttMs = Number(rtt);
  const log = (line: string): void => {
    console.error(line);
    tell({ kind: "progress", line });
  };
  const cluster = await startCluster({ baseDir: dir, version, rttMs, workloads, log });
  const own = identify(process.pid) ?? { pid: process.pid, startTicks: "" };
  const { kubeconfig, server } = cluster;
  writeState(dir, { process: own, kubeconfig, server, version, rttMs, workloads, startedAt: new Date().toISOString() });
  const end = (): void => {
    cluster.stop().then(
      () => {
        removeState(dir);
        process.exit(0);
      },
      (error: unknown) => {
        console.error(`stop failed: ${error}`);
        process.exit(1);
      },
    );
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) process.once(signal, end);
  tell({ kind: "ready" });
  process.disconnect?.();
}

function tell(message: DaemonMessage): void {
  if (process.connected) process.send?.(message);
}

main().catch((error: unknown) => {
  const message = error instanceof Error ? error.message : String(error);
  console.error(message);
  tell({ kind: "failed", message, requirement: error instanceof RequirementError });
  process.exitCode = 1;
  process.disconnect?.();
});
