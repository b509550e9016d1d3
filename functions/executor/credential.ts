import type { Connection } from "#cluster/connection.ts";
import { mintScanCredential } from "#cluster/grant/mint.ts";
import { sweepCredentials } from "#cluster/grant/sweep.ts";
import type { ExpandTask, ScanTask } from "#contract/task.ts";

/** As whom one scan speaks to its cluster. */
export interface Credential {
  readonly connection: Connection;
  /** Ends what was made for this scan. Never throws: what stays behind is the sweeper's. */
  release(): Promise<void>;
}

/** The executor's own identity, or where the cluster asks for it an account that can enter this pod and nothing else. */
export async function credentialFor(
  task: ScanTask,
  executor: Connection,
  deadlineMs: number,
  signal: AbortSignal,
): Promise<Credential> {
  const { policy, target } = task;
  if (policy.credentials === "shared") return { connection: executor, release: async () => undefined };
  const { connection, revoke } = await mintScanCredential(executor, {
    ...{ namespace: target.namespace, pods: [target.pod], toolbox: policy.toolbox.use === "auto" },
    ...{ deadlineMs, signal },
  });
  return {
    connection,
    async release() {
      connection.close();
      await revoke().catch(() => undefined);
    },
  };
}

/** Takes away what killed scans left in the namespaces of an entry. Never throws: the next expand takes the rest. */
export async function sweepLeftovers(
  { policy, entry }: ExpandTask,
  executor: () => Promise<Connection>,
  signal: AbortSignal,
): Promise<void> {
  if (policy.credentials === "shared") return;
  const sweep = async () => sweepCredentials(await executor(), { namespaces: entry.namespaces, signal });
  await sweep().catch(() => undefined);
}
