import { deployed } from "#aws/deployed.ts";
import { readEnvironment } from "#aws/environment.ts";
import { strictPolicy } from "#contract/policy.ts";
import { readRegistry } from "../registry.ts";
import { telemetryOf } from "../telemetry.ts";
import { dispatcherHandler } from "./handler.ts";

/** Entry point of the dispatcher function; `registry.json` lies beside the bundle. */
const registry = readRegistry(new URL("./registry.json", import.meta.url));
const clusters = new Map(registry.clusters.map((cluster) => [cluster.id, cluster]));
const { evidence, published, taskQueue } = deployed(readEnvironment(process.env));

export const handler = dispatcherHandler({
  evidence,
  published,
  taskQueue: (cluster) => (clusters.has(cluster) ? taskQueue(cluster) : undefined),
  workerProfiles: (cluster) => clusters.get(cluster)?.workerProfiles ?? [],
  policy: (cluster) => clusters.get(cluster)?.policy ?? strictPolicy,
  ...telemetryOf("dispatcher"),
});
