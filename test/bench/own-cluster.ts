import { resolve } from "node:path";
import {
  ClusterInUseError,
  type ClusterOptions,
  type EmbeddedCluster,
  startCluster,
} from "#embedded/cluster/cluster.ts";

const folder = resolve(import.meta.dirname, "../../.muster");
const slots = 4;

/** An embedded cluster for a measurement, in a folder that no test uses. Its first start imports the images. */
export async function ownCluster(options: Omit<ClusterOptions, "baseDir"> = {}): Promise<EmbeddedCluster> {
  for (let slot = 0; slot < slots; slot += 1) {
    try {
      return await startCluster({ ...options, baseDir: resolve(folder, `measured-cluster-${slot}`) });
    } catch (error) {
      if (!(error instanceof ClusterInUseError)) throw error;
    }
  }
  throw new Error(`${slots} clusters for measurements are running already in ${folder}`);
}
