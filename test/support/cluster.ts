import { resolve } from "node:path";
import { KubeConfig } from "@kubernetes/client-node";
import { afterAll } from "vitest";
import {
  ClusterInUseError,
  type ClusterOptions,
  type EmbeddedCluster,
  startCluster,
} from "#embedded/cluster/cluster.ts";

const MUSTER_DIR = resolve(import.meta.dirname, "../../.muster");
const SLOTS = 4;

let started: Promise<EmbeddedCluster> | undefined;

/**
 * One cluster with the sample workloads for a test file, as Kubernetes 1.36, ended after its last test. Needs root.
 * Options count on the first call. Its folder keeps the imported images, so only a machine's first start takes more than two seconds.
 */
export function sharedCluster(options: Omit<ClusterOptions, "baseDir"> = {}): Promise<EmbeddedCluster> {
  started ??= startInFreeSlot(options);
  return started;
}

afterAll(async () => {
  if (started !== undefined) await (await started).stop();
  started = undefined;
});

/** A folder a run: two runs in one checkout, or a second cluster in one test, take different ones. */
async function startInFreeSlot(options: Omit<ClusterOptions, "baseDir">): Promise<EmbeddedCluster> {
  for (let slot = 0; slot < SLOTS; slot += 1) {
    try {
      return await startCluster({ ...options, baseDir: resolve(MUSTER_DIR, `test-cluster-${slot}`) });
    } catch (error) {
      if (!(error instanceof ClusterInUseError)) throw error;
    }
  }
  throw new Error(`${SLOTS} test clusters are running already in ${MUSTER_DIR}`);
}

/** The cluster's kubeconfig in client-node's form, with one of its contexts: muster, muster-admin or nobody. */
export function kubeConfig(cluster: EmbeddedCluster, context = "muster"): KubeConfig {
  const config = new KubeConfig();
  config.loadFromFile(cluster.kubeconfig);
  config.setCurrentContext(context);
  return config;
}

/** Resolves with the first value that `look` gives. Rejects at the deadline, naming what was waited for. */
export async function eventually<T>(what: string, look: () => T | undefined | Promise<T | undefined>): Promise<T> {
  const deadline = Date.now() + 30_000;
  for (;;) {
    const value = await look();
    if (value !== undefined) return value;
    if (Date.now() > deadline) throw new Error(`waited 30 s in vain for ${what}`);
    await new Promise((resolve) => setTimeout(resolve, 10));
  }
}
