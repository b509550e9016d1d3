import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parse, stringify } from "yaml";
import { type Connection, connect } from "#cluster/connection.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import type { ProcessNamespaceOf } from "#embedded/cluster/node/running-pod.ts";
import type { ContainerStatusReport, Pod } from "#embedded/cluster/store/objects.ts";

const longestWaitMs = 30_000;

/** What a row can do to its own pod, and to nothing else. */
export interface Stage {
  readonly cluster: EmbeddedCluster;
  readonly namespace: string;
  readonly pod: string;
  /** Resolves with the status of a container of the pod once it is as asked. */
  readonly until: (
    container: string,
    what: string,
    holds: (status: ContainerStatusReport) => boolean,
  ) => Promise<ContainerStatusReport>;
  /** From now on an ephemeral container of the pod joins these processes, whatever it asks for. */
  readonly joins: (of: ProcessNamespaceOf) => void;
  /** Called after the row, last come first served. */
  readonly atEnd: (undo: () => Promise<unknown> | unknown) => void;
}

/** Changes to the cluster's kubeconfig: which context, and fields of its server and user. */
export interface ConfigChange {
  readonly context?: string;
  readonly server?: Readonly<Record<string, unknown>>;
  /** In place of the context's own credentials. */
  readonly user?: Readonly<Record<string, unknown>>;
}

/** The stage of one row, and how to leave it. `joins` is told of the pod that has a runtime of its own kind. */
export function stageFor(
  cluster: EmbeddedCluster,
  namespace: string,
  pod: string,
  joins: (of: ProcessNamespaceOf) => void,
) {
  const undo: (() => Promise<unknown> | unknown)[] = [];
  const stage: Stage = {
    ...{ cluster, namespace, pod, joins },
    async until(container, what, holds) {
      for (const deadline = Date.now() + longestWaitMs; Date.now() < deadline; await sleep(20)) {
        const found = statusesOf(cluster.pod(namespace, pod)).find(({ name }) => name === container);
        if (found !== undefined && holds(found)) return found;
      }
      throw new Error(`${pod}/${container}: waited in vain for ${what}`);
    },
    atEnd: (step) => void undo.push(step),
  };
  const leave = async () => {
    for (const step of undo.reverse()) await step();
  };
  return { stage, leave };
}

function statusesOf(pod: Pod | undefined): readonly ContainerStatusReport[] {
  const { containerStatuses = [], initContainerStatuses = [], ephemeralContainerStatuses = [] } = pod?.status ?? {};
  return [...containerStatuses, ...initContainerStatuses, ...ephemeralContainerStatuses];
}

interface Config {
  readonly clusters: readonly { cluster: Record<string, unknown> }[];
  readonly users: readonly { user: Record<string, unknown> }[];
}

/** A connection by the cluster's kubeconfig, with what the row changes in it. */
export function connectionBy(cluster: EmbeddedCluster, name: string, change: ConfigChange): Connection {
  const folder = mkdtempSync(join(tmpdir(), "mx-"));
  try {
    const config = parse(readFileSync(cluster.kubeconfig, "utf8")) as Config; // the embedded cluster wrote it
    for (const each of config.clusters) Object.assign(each.cluster, change.server ?? {});
    if (change.user !== undefined) for (const each of config.users) each.user = change.user;
    const path = join(folder, "kubeconfig");
    writeFileSync(path, stringify(config), { mode: 0o600 });
    return connect(name, ownKubeconfig(path, change.context ?? "muster-toolbox"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
