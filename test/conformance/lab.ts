import { randomBytes } from "node:crypto";
import { KubeConfig } from "@kubernetes/client-node";
import { type Connection, connect } from "#cluster/connection.ts";
import { containersOf } from "#cluster/containers.ts";
import { readPod } from "#cluster/pods.ts";
import type { Target } from "#contract/target.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { type DelayProxy, startDelayProxy } from "#embedded/cluster/delay-proxy.ts";
import type { Fault } from "#embedded/cluster/faults.ts";
import { holds } from "./check.ts";

/** A pod that a case makes for itself; busybox that sleeps, unless said otherwise. */
export interface LabPod {
  /** Default: a fresh name. */
  readonly name?: string;
  readonly image?: string;
  readonly command?: readonly string[];
  readonly restartPolicy?: "Always" | "Never";
  readonly annotations?: Readonly<Record<string, string>>;
  readonly env?: readonly { readonly name: string; readonly value: string }[];
  /** Further containers of the pod's spec, as in a manifest. */
  readonly spec?: Readonly<Record<string, unknown>>;
}

/** The embedded cluster's own means of going wrong. What a case makes here goes away with the case. */
export interface Lab {
  readonly cluster: EmbeddedCluster;
  readonly name: string;
  /** Arms a fault for exec requests to one pod. */
  readonly faultyExec: (pod: string, fault: Omit<Fault, "match">) => () => void;
  /** A connection over a hop of its own, with distance. */
  readonly through: (rttMs: number) => Promise<{ readonly connection: Connection; readonly proxy: DelayProxy }>;
  /** A connection as another of the kubeconfig's contexts, with another token or by way of another port. */
  readonly connectAs: (how: {
    readonly context?: string;
    readonly token?: string;
    readonly port?: number;
  }) => Connection;
  readonly pod: (pod?: LabPod) => Promise<Target>;
}

const endless = ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"];

/** The lab of one case on a cluster. `name` is the cluster's in targets. */
export function labOn(cluster: EmbeddedCluster, name: string, atEnd: (undo: () => Promise<void> | void) => void): Lab {
  const connectAs: Lab["connectAs"] = ({ context = "muster", token, port }) => {
    const config = new KubeConfig();
    config.loadFromFile(cluster.kubeconfig);
    config.setCurrentContext(context);
    const user = config.getCurrentUser()?.name;
    if (token !== undefined)
      config.users = config.users.map((each) => (each.name === user ? { ...each, token } : each));
    if (port !== undefined) {
      config.clusters = config.clusters.map((each) => ({ ...each, server: `https://127.0.0.1:${port}` }));
    }
    const connection = connect(name, config);
    atEnd(() => connection.close());
    return connection;
  };
  return {
    ...{ cluster, name, connectAs },
    faultyExec(pod, fault) {
      const disarm = cluster.faults.add({ ...fault, match: ({ url }) => url.includes(`/pods/${pod}/exec?`) });
      atEnd(disarm);
      return disarm;
    },
    async through(rttMs) {
      const proxy = await startDelayProxy({ targetPort: Number(new URL(cluster.server).port), rttMs });
      atEnd(() => proxy.close());
      return { proxy, connection: connectAs({ port: proxy.port }) };
    },
    async pod(wanted = {}) {
      const podName = wanted.name ?? `conformance-${randomBytes(4).toString("hex")}`;
      const main = {
        name: "main",
        image: wanted.image ?? "muster.test/busybox:1",
        command: wanted.command ?? endless,
        env: wanted.env ?? [],
      };
      const { annotations = {} } = wanted;
      await cluster.apply([
        {
          apiVersion: "v1",
          kind: "Pod",
          metadata: { name: podName, namespace: "demo", annotations },
          spec: {
            terminationGracePeriodSeconds: 0,
            restartPolicy: wanted.restartPolicy ?? "Always",
            containers: [main],
            ...wanted.spec,
          },
        },
      ]);
      atEnd(() => (cluster.pod("demo", podName) === undefined ? undefined : cluster.deletePod("demo", podName)));
      const pod = await readPod(connectAs({}), "demo", podName);
      const target = pod && containersOf(name, pod, ["containers"])[0]?.target;
      holds(target !== undefined, `the lab's pod ${podName} did not come up`);
      return target;
    },
  };
}
