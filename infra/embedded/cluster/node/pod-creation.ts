import { randomBytes } from "node:crypto";
import type { ObjectStore } from "../store/object-store.ts";
import type { KubeObject, Pod, PodSpec } from "../store/objects.ts";
import type { Kubelet } from "./kubelet.ts";
import { PODS } from "./running-pod.ts";

/** The cluster's only node. */
export const NODE_NAME = "node-1";

/** Kubernetes' own alphabet for generated names: no vowels, so no words (apimachinery util/rand). */
const SAFE = "bcdfghjklmnpqrstvwxz2456789";

export function generatedSuffix(length: number): string {
  return Array.from(randomBytes(length), (byte) => SAFE[byte % SAFE.length]).join("");
}

/** Fills what the API server and the scheduler would: generated name, defaults, node. Throws on a pod without containers. */
export function defaultedPod(object: KubeObject): Pod {
  const spec = object.spec as Partial<PodSpec> | undefined;
  if (!Array.isArray(spec?.containers) || spec.containers.length === 0) {
    throw new Error(`pod ${object.metadata.name} has no spec.containers`);
  }
  const { generateName } = object.metadata;
  const name = object.metadata.name || `${generateName ?? "pod-"}${generatedSuffix(5)}`;
  return {
    ...object,
    metadata: { ...object.metadata, name },
    spec: {
      ...{
        restartPolicy: "Always",
        terminationGracePeriodSeconds: 30,
        dnsPolicy: "ClusterFirst",
        enableServiceLinks: true,
      },
      ...{ serviceAccountName: "default", schedulerName: "default-scheduler", securityContext: {} },
      ...spec,
      containers: spec.containers.map((container) => ({
        ...{ imagePullPolicy: "IfNotPresent", terminationMessagePath: "/dev/termination-log", resources: {} },
        ...container,
      })),
      nodeName: NODE_NAME,
    },
    status: { phase: "Pending", qosClass: "BestEffort" },
  };
}

/** Stores a pod and starts it. Undefined when the name is taken; `started` resolves when its containers were started. */
export function createPod(
  store: ObjectStore,
  kubelet: Kubelet,
  pod: Pod,
): { readonly pod: Pod; readonly started: Promise<void> } | undefined {
  const stored = store.create(PODS, pod);
  if (stored === undefined) return undefined;
  // What was stored under PODS is what was given, with metadata filled in.
  return { pod: stored as Pod, started: kubelet.run(stored as Pod) };
}
