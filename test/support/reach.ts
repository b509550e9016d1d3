import { readFileSync } from "node:fs";
import type { V1Pod } from "@kubernetes/client-node";
import { type Connection, connect } from "#cluster/connection.ts";
import { containersOf } from "#cluster/containers.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import type { ScanError } from "#contract/errors.ts";
import type { ToolboxPolicy } from "#contract/policy.ts";
import type { Target } from "#contract/target.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { reachTarget, reachWithoutShell } from "#reach/reach-target.ts";

/** Pods without a shell, for namespaces of every pod security level. */
export const withoutShell = readFileSync(
  new URL("../../infra/embedded/cluster/rows/without-shell.yaml", import.meta.url),
  "utf8",
);

export const toolboxPolicy: ToolboxPolicy = { use: "auto", image: "muster.test/toolbox:1" };

/** Ways into containers of the embedded cluster, as the executor takes them. */
export function reaching(cluster: EmbeddedCluster, context = "muster-toolbox") {
  const connection: Connection = connect("demo", ownKubeconfig(cluster.kubeconfig, context));
  const podOf = async (namespace: string, name: string, edit = (text: string) => text): Promise<V1Pod> => {
    const pod = cluster.pod(namespace, name);
    if (pod === undefined) throw new Error(`no pod ${namespace}/${name}`);
    // The embedded cluster keeps its own reading of the API's schema.
    return JSON.parse(edit(JSON.stringify(pod))) as V1Pod;
  };
  const targetOf = async (namespace: string, name: string, container: string): Promise<Target> => {
    const found = containersOf("demo", await podOf(namespace, name), ["containers", "initContainers"]);
    const here = found.find(({ target }) => target.container === container);
    if (here === undefined) throw new Error(`no container ${namespace}/${name}/${container}`);
    return here.target;
  };
  const optionsFor = (namespace: string, name: string, edit?: (text: string) => string) => ({
    signal: AbortSignal.timeout(60_000),
    pod: () => podOf(namespace, name, edit),
    stillThere: async () => undefined,
  });
  return {
    targetOf,
    /** As one who has found out already that there is no shell. */
    withoutAsking: async (namespace: string, name: string, container: string, noShell: ScanError) => {
      const target = await targetOf(namespace, name, container);
      return reachWithoutShell(connection, target, toolboxPolicy, optionsFor(namespace, name), noShell);
    },
    /** `edit` changes the JSON of the pod that the planner is told of. */
    reach: async (
      namespace: string,
      name: string,
      container: string,
      policy = toolboxPolicy,
      edit?: (text: string) => string,
    ) => reachTarget(connection, await targetOf(namespace, name, container), policy, optionsFor(namespace, name, edit)),
  };
}
