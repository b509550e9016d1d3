import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connect } from "#cluster/connection.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { identify } from "#embedded/cluster/process-identity.ts";
import { serveLocal } from "#embedded/serve.ts";
import { removeState, writeState } from "./state.ts";

/** What the detached process is told, over its own channel: arguments would show the key to everybody. */
export interface DaemonSettings {
  readonly store: string;
  readonly port: number;
  readonly accessKeyId: string;
  readonly clusters: readonly {
    readonly id: string;
    readonly kubeconfig: string | undefined;
    readonly context: string | undefined;
  }[];
}

/** What it answers, once. */
export type DaemonMessage = { readonly kind: "ready" } | { readonly kind: "failed"; readonly message: string };

/** The whole life of the process: start, tell, wait for a signal, stop. */
async function main({ store, port, accessKeyId, clusters }: DaemonSettings): Promise<void> {
  const workDir = mkdtempSync(join(tmpdir(), "muster-")); // short: Unix socket paths have 107 bytes
  const clean = () => rmSync(workDir, { recursive: true, force: true });
  const served = await serveLocal({
    ...{ store, workDir, port, accessKeyId },
    clusters: new Map(
      clusters.map(({ id, kubeconfig, context }) => [id, async () => connect(id, ownKubeconfig(kubeconfig, context))]),
    ),
  }).catch((error: unknown) => {
    clean();
    throw error;
  });
  const { url, requestQueueUrl } = served;
  const own = identify(process.pid) ?? { pid: process.pid, startTicks: "" };
  const startedAt = new Date().toISOString();
  writeState({
    ...{ process: own, url, accessKeyId, requestQueueUrl, store, startedAt },
    clusters: clusters.map(({ id }) => id),
  });
  const end = async (): Promise<void> => {
    removeState(store);
    await served.stop();
    clean();
    process.exit(0);
  };
  for (const signal of ["SIGTERM", "SIGINT", "SIGHUP"] as const) {
    process.once(signal, () =>
      end().catch((error: unknown) => {
        console.error(`stop failed: ${error}`);
        process.exit(1);
      }),
    );
  }
  tell({ kind: "ready" });
}

function tell(message: DaemonMessage): void {
  if (process.connected) process.send?.(message, () => process.disconnect?.());
}

function explain(error: unknown, { port }: DaemonSettings): string {
  if (error instanceof Error && "code" in error && error.code === "EADDRINUSE") {
    return `--port: ${port} is in use on 127.0.0.1; give another, or 0 for any free one`;
  }
  return error instanceof Error ? error.message : String(error);
}

process.once("message", (settings: DaemonSettings) => {
  main(settings).catch((error: unknown) => {
    console.error(error);
    process.exitCode = 1;
    tell({ kind: "failed", message: explain(error, settings) });
  });
});
