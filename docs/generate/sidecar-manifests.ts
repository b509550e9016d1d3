import { stringify } from "yaml";
import { sidecarContainer } from "#reach/sidecar/sidecar.ts";

const image = "YOUR-REGISTRY/muster-toolbox@sha256:YOUR-DIGEST";
const added = { shareProcessNamespace: true, initContainers: [sidecarContainer(image)] };
const workloads = ["Deployment", "StatefulSet", "DaemonSet"] as const;
const yaml = (object: object) => stringify(object, { lineWidth: 0 });

/** What `docs/sidecar` shows, by file: the sidecar's own definition decides. */
export function sidecarManifests(): Readonly<Record<string, string>> {
  const pod = {
    apiVersion: "v1",
    kind: "Pod",
    metadata: { name: "YOUR-POD" },
    spec: { ...added, containers: [{ name: "YOUR-CONTAINER", image: "YOUR-IMAGE" }] },
  };
  const patch = (kind: string) => ({
    target: { kind },
    patch: yaml({ apiVersion: "apps/v1", kind, metadata: { name: "any" }, spec: { template: { spec: added } } }),
  });
  const component = {
    apiVersion: "kustomize.config.k8s.io/v1alpha1",
    kind: "Component",
    patches: workloads.map(patch),
  };
  return { "pod.yaml": yaml(pod), "component/kustomization.yaml": yaml(component) };
}
