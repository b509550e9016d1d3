import { type Document, isMap, isSeq, parseAllDocuments } from "yaml";
import { ScanError } from "#contract/errors.ts";
import { sidecarContainer, sidecarName } from "#reach/sidecar/sidecar.ts";

/** Where each kind keeps the spec of its pods. */
const podSpecs: Readonly<Record<string, readonly string[]>> = {
  Pod: ["spec"],
  Deployment: ["spec", "template", "spec"],
  ReplicaSet: ["spec", "template", "spec"],
  StatefulSet: ["spec", "template", "spec"],
  DaemonSet: ["spec", "template", "spec"],
  Job: ["spec", "template", "spec"],
  CronJob: ["spec", "jobTemplate", "spec", "template", "spec"],
};

export interface InjectOptions {
  readonly image: string;
  /** For namespaces of the restricted level: the sidecar gets the ids of the pod, and can read only. */
  readonly restricted: boolean;
}

/**
 * Manifests with the sidecar in every pod template; commands, probes and all else stay as they are, comments too. What has
 * it already gets it anew, so that a second run changes nothing. Throws `bad-request` when there is no pod template.
 */
export function injectSidecar(manifests: string, options: InjectOptions): string {
  const documents = parseAllDocuments(manifests);
  const faults = documents.flatMap((document) => document.errors ?? []);
  if (faults[0] !== undefined) throw new ScanError("bad-request", `not YAML: ${faults[0].message}`);
  const changed = [...documents].filter((document) => injectInto(document, options)).length;
  if (changed === 0) {
    throw new ScanError(
      "bad-request",
      `there is no pod template; one of ${Object.keys(podSpecs).join(", ")} is needed`,
    );
  }
  return documents.map((document) => document.toString({ lineWidth: 0 })).join("");
}

function injectInto(document: Document, { image, restricted }: InjectOptions): boolean {
  const path = podSpecs[String(document.get("kind"))];
  if (path === undefined || !isMap(document.getIn(path))) return false;
  const ids = restricted ? idsIn(document, path) : undefined;
  const sidecar = document.createNode(sidecarContainer(image, ids));
  document.setIn([...path, "shareProcessNamespace"], true);
  const others = document.getIn([...path, "initContainers"]);
  if (!isSeq(others)) {
    document.setIn([...path, "initContainers"], document.createNode([sidecar]));
    return true;
  }
  const at = others.items.findIndex((item) => isMap(item) && item.get("name") === sidecarName);
  if (at < 0)
    others.items.unshift(sidecar); // before those that wait for something: it is up during all of them
  else others.items[at] = sidecar;
  return true;
}

function idsIn(document: Document, path: readonly string[]) {
  const places = [
    [...path, "containers", 0, "securityContext"],
    [...path, "securityContext"],
  ];
  const id = (field: string) => places.map((place) => document.getIn([...place, field])).find(Number.isInteger);
  const [uid, gid] = [id("runAsUser"), id("runAsGroup")];
  if (typeof uid === "number" && typeof gid === "number") return { uid, gid };
  const name = document.getIn(["metadata", "name"]);
  const text = `${document.get("kind")} ${name}: a restricted sidecar needs runAsUser and runAsGroup in the pod's spec`;
  throw new ScanError("bad-request", text);
}
