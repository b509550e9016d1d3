import { ask } from "#cluster/api.ts";
import type { ContainerSpec } from "#embedded/cluster/store/objects.ts";
import { connectionBy, type Stage } from "./stage.ts";

/** Adds ephemeral containers to the row's pod, through the API as anybody would, and waits until all are in the state. */
export async function addEphemeral(
  { cluster, namespace, pod, until }: Stage,
  containers: readonly ContainerSpec[],
  state: "running" | "terminated",
): Promise<void> {
  const connection = connectionBy(cluster, "muster", { context: "muster-admin" });
  try {
    await ask(connection, {
      ...{ method: "PATCH", contentType: "application/strategic-merge-patch+json" },
      path: `api/v1/namespaces/${namespace}/pods/${pod}/ephemeralcontainers`,
      body: { spec: { ephemeralContainers: containers } },
      what: `add ephemeral containers to ${pod}`,
      signal: AbortSignal.timeout(30_000),
    });
  } finally {
    connection.close();
  }
  for (const { name } of containers) await until(name, state, (status) => status.state[state] !== undefined);
}
