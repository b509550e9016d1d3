import type { KubeObject } from "#embedded/cluster/store/objects.ts";
import { type DoubleOptions, windowsDouble } from "./double.ts";

export interface WindowsPod extends DoubleOptions {
  readonly name: string;
  /** How it says what it is. Default: `spec.os`. */
  readonly says?: "os" | "nodeSelector" | "nothing";
}

/** A pod of namespace `windows` whose container plays Windows: a Linux container with the double's folder in its PATH. */
export function windowsPod({ name, says = "os", ...options }: WindowsPod) {
  const double = windowsDouble(options);
  const said = { os: { os: { name: "windows" } }, nodeSelector: { nodeSelector: { "kubernetes.io/os": "windows" } } };
  const pod: KubeObject = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name, namespace: "windows" },
    spec: {
      terminationGracePeriodSeconds: 0,
      ...(says === "nothing" ? {} : said[says]),
      volumes: [{ name: "double", hostPath: { path: double.folder } }],
      containers: [
        {
          name: "app",
          image: "muster.test/debian-weak:1",
          command: ["/bin/sh", "-c", "trap 'exit 0' TERM; while :; do sleep 3600 & wait $!; done"],
          volumeMounts: [{ name: "double", mountPath: "/usr/local/bin", readOnly: true }],
        },
      ],
    },
  };
  return { pod, remove: double.remove };
}

export const windowsNamespace: KubeObject = { apiVersion: "v1", kind: "Namespace", metadata: { name: "windows" } };
