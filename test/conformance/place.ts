import type { KubeConfig } from "@kubernetes/client-node";
import { connect } from "#cluster/connection.ts";
import { containersOf } from "#cluster/containers.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { listPods, serverVersion } from "#cluster/pods.ts";
import { ScanError } from "#contract/errors.ts";
import type { Target } from "#contract/target.ts";
import { type EmbeddedCluster, startCluster } from "#embedded/cluster/cluster.ts";
import { isKubernetesVersion, type KubernetesVersion } from "#embedded/cluster/versions.ts";

/** A cluster with containers to try the transport on. */
export interface Place {
  /** How results name it: the server's version. */
  readonly version: string;
  readonly cluster: string;
  /** A fresh configuration each time, as if read anew. */
  readonly config: () => KubeConfig;
  readonly targets: readonly Target[];
  /** Ours, with its faults; undefined on a cluster of the user's own. */
  readonly embedded: EmbeddedCluster | undefined;
  readonly leave: () => Promise<void>;
}

/** Debian, busybox alone, bash without sh, and a read-only container without root. */
const samplePods = ["weak", "busybox-only", "bash-no-sh", "non-root-readonly"] as const;

/** The Kubernetes versions that the embedded cluster can behave like, oldest first. */
export const versions: readonly KubernetesVersion[] = ["1.27", "1.31", "1.36"];

/** The versions out of `1.27,1.36`; `bad-request` names one that cannot be played. */
export function versionsFrom(text: string | undefined): readonly KubernetesVersion[] {
  if (text === undefined) return versions;
  return text.split(",").map((version) => {
    if (isKubernetesVersion(version)) return version;
    throw new ScanError("bad-request", `--versions: ${version} is not one of ${versions.join(", ")}`);
  });
}

/** The embedded cluster, started as one version of Kubernetes. Needs root and containerd. */
export async function embeddedPlace(version: KubernetesVersion, baseDir: string): Promise<Place> {
  const embedded = await startCluster({ baseDir, version });
  try {
    return await placeOn(embedded, version, () => embedded.stop());
  } catch (error) {
    await embedded.stop();
    throw error;
  }
}

/** An embedded cluster that runs already, from now on as this version. */
export async function placeOn(
  embedded: EmbeddedCluster,
  version: KubernetesVersion,
  leave: () => Promise<void>,
): Promise<Place> {
  embedded.behaveLike(version);
  const config = () => ownKubeconfig(embedded.kubeconfig, "muster");
  const all = await running(config(), "embedded", "demo", undefined);
  const targets = samplePods.map((pod) => {
    const found = all.find((target) => target.pod === pod);
    if (found === undefined) throw new ScanError("not-running", `the embedded cluster's pod ${pod} does not run`);
    return found;
  });
  return { version: `v${version}`, cluster: "embedded", config, targets, embedded, leave };
}

export interface ForeignOptions {
  readonly kubeconfig?: string | undefined;
  readonly context?: string | undefined;
  readonly namespace: string;
  readonly selector?: string | undefined;
}

/** A cluster of the user's own: every running container that matches. */
export async function foreignPlace(options: ForeignOptions): Promise<Place> {
  const config = () => ownKubeconfig(options.kubeconfig, options.context);
  const targets = await running(config(), "own", options.namespace, options.selector);
  if (targets.length === 0) {
    const matching = options.selector === undefined ? "" : ` that matches ${options.selector}`;
    throw new ScanError("nothing-matched", `namespace ${options.namespace} has no running container${matching}`);
  }
  const connection = connect("own", config());
  try {
    const version = await serverVersion(connection);
    return { version, cluster: "own", config, targets, embedded: undefined, leave: async () => undefined };
  } finally {
    connection.close();
  }
}

async function running(config: KubeConfig, cluster: string, namespace: string, labelSelector: string | undefined) {
  const connection = connect(cluster, config);
  try {
    const targets: Target[] = [];
    for await (const pod of listPods(connection, { namespace, labelSelector })) {
      const found = containersOf(cluster, pod, ["containers"]);
      targets.push(...found.filter((each) => each.running).map(({ target }) => target));
    }
    return targets;
  } finally {
    connection.close();
  }
}
