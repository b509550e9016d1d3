import * as z from "zod";
import { LabelName, RegisteredName, SubdomainName } from "./names.ts";

/** The controller that a pod belongs to in the end, or the pod itself. */
export const Workload = z.strictObject({ kind: z.string(), name: z.string() });
export type Workload = z.infer<typeof Workload>;

/** One container of one pod of one cluster, as it was when it was found. */
export const Target = z.strictObject({
  cluster: RegisteredName,
  namespace: LabelName,
  pod: SubdomainName,
  podUid: z.string().min(1),
  container: LabelName,
  /** `containerd://…`; empty when the container never started. */
  containerId: z.string(),
  restartCount: z.number().int().min(0),
  image: z.string(),
  /** `sha256:…`; empty when the node has not reported it. */
  imageDigest: z.string(),
  node: z.string(),
  os: z.enum(["linux", "windows"]),
  workload: Workload,
});
export type Target = z.infer<typeof Target>;

/** `cluster/namespace/pod/container`: how people name a target. */
export function targetName(target: Pick<Target, "cluster" | "namespace" | "pod" | "container">): string {
  return `${target.cluster}/${target.namespace}/${target.pod}/${target.container}`;
}
