import { KubeConfig } from "@kubernetes/client-node";
import { type Connection, connect } from "#cluster/connection.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import type { Target } from "#contract/target.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { type PlainProxy, startPlainProxy } from "./plain-proxy.ts";

/** A real cluster with the troublesome hop before it. */
export interface World {
  readonly cluster: EmbeddedCluster;
  readonly proxy: PlainProxy;
  /** To the API server by way of the hop. */
  readonly through: Connection;
  /** To the API server itself: what is looked at from here is true. */
  readonly direct: Connection;
  readonly target: Target;
  close(): Promise<void>;
}

/** Puts a hop before a running cluster. The target is the sample busybox. */
export async function worldOf(cluster: EmbeddedCluster): Promise<World> {
  const config = ownKubeconfig(cluster.kubeconfig, "muster");
  const ca = Buffer.from(config.getCurrentCluster()?.caData ?? "", "base64").toString();
  const proxy = await startPlainProxy({ port: Number(new URL(cluster.server).port), ca });
  const through = connect("demo", redirected(config, proxy.server, proxy.ca));
  const direct = connect("demo", config);
  const close = async () => {
    through.close();
    direct.close();
    await proxy.close();
  };
  return { cluster, proxy, through, direct, target: targetOf(cluster, "busybox-only"), close };
}

/** The same credentials towards another address. */
export function redirected(config: KubeConfig, server: string, ca: string): KubeConfig {
  const copy = new KubeConfig();
  const caData = Buffer.from(ca).toString("base64");
  copy.loadFromClusterAndUser(
    { name: "hop", server, caData, skipTLSVerify: false },
    {
      ...config.getCurrentUser(),
      name: "scanner",
    },
  );
  return copy;
}

/** The first container of a pod in namespace demo, as the scanner would find it. */
export function targetOf(cluster: EmbeddedCluster, name: string): Target {
  const pod = cluster.pod("demo", name);
  const status = pod?.status?.containerStatuses?.[0];
  if (pod === undefined || status === undefined) throw new Error(`no running pod demo/${name}`);
  return {
    ...{ cluster: "demo", namespace: "demo", pod: name, podUid: pod.metadata.uid ?? "", container: status.name },
    ...{ containerId: status.containerID ?? "", restartCount: status.restartCount, image: status.image },
    ...{ imageDigest: "", node: "", os: "linux", workload: { kind: "Pod", name } },
  };
}
