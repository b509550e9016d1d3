import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { type Auditor, startAuditor } from "#audit/auditor.ts";
import type { Connection } from "#cluster/connection.ts";
import type { Target } from "#contract/target.ts";
import { type DelayProxy, startDelayProxy } from "#embedded/cluster/delay-proxy.ts";
import { connectionTo, containerOf } from "../transport/place.ts";

/** Where scans are measured: a cluster behind a hop with distance, and a warm auditor. */
export interface Place {
  readonly kubeconfig: string;
  /** Where the API server itself listens, without distance. */
  readonly serverPort: number;
  readonly proxy: DelayProxy;
  readonly auditor: Auditor;
  /** A new folder that goes with the place. */
  folder(): string;
  /** A connection that nobody has used, at this distance. */
  connect(rttMs: number): Connection;
  /** The container of a sample pod. */
  target(pod: string): Promise<Target>;
  close(): Promise<void>;
}

/** Stands in front of a running cluster. TLS goes end to end: the hop only carries bytes. */
export async function openPlace(kubeconfig: string, serverPort: number): Promise<Place> {
  const home = mkdtempSync(join(tmpdir(), "ms-")); // short: Unix socket paths have 107 bytes
  const proxy = await startDelayProxy({ targetPort: serverPort, rttMs: 0 });
  const auditor = await startAuditor({ workDir: join(home, "a") });
  const connect = (rttMs: number) => {
    proxy.setRtt(rttMs);
    return connectionTo(kubeconfig, proxy.port);
  };
  return {
    ...{ kubeconfig, serverPort, proxy, auditor, connect },
    folder: () => mkdtempSync(join(home, "f-")),
    async target(pod) {
      const connection = connect(0);
      try {
        return await containerOf(connection, pod);
      } finally {
        connection.close();
      }
    },
    async close() {
      await auditor.close();
      await proxy.close();
      rmSync(home, { recursive: true, force: true });
    },
  };
}

export const portOf = (server: string) => Number(new URL(server).port);
