import { createHash } from "node:crypto";
import type { Change, ObjectStore } from "../store/object-store.ts";
import type { KubeObject, ObjectMeta, OwnerReference, Pod } from "../store/objects.ts";
import { findResource, RESOURCES, type Resource } from "../store/resources.ts";
import type { Kubelet } from "./kubelet.ts";
import { createPod, defaultedPod, generatedSuffix, NODE_NAME } from "./pod-creation.ts";
import { PODS } from "./running-pod.ts";

/** Every kind that makes pods from a template, and how it names them. */
const POD_OWNERS: Readonly<Record<string, (owner: KubeObject, index: number) => string>> = {
  ReplicaSet: (owner) => `${owner.metadata.name}-${generatedSuffix(5)}`,
  StatefulSet: (owner, index) => `${owner.metadata.name}-${index}`,
  DaemonSet: (owner) => `${owner.metadata.name}-${generatedSuffix(5)}`,
  Job: (owner) => `${owner.metadata.name}-${generatedSuffix(5)}`,
};

interface Template {
  readonly metadata?: Partial<ObjectMeta>;
  readonly spec: object;
}

/**
 * The controllers: Deployments make a ReplicaSet, ReplicaSets and their like make pods and replace deleted ones,
 * and what an owner made goes with it. `onStart` gets the start of every pod, so that a caller can wait for them.
 */
export function runControllers(
  store: ObjectStore,
  kubelet: Kubelet,
  onStart: (started: Promise<void>) => void,
): () => void {
  const start = (owner: KubeObject, name: string): void => {
    const created = createPod(store, kubelet, podOf(owner, name));
    if (created !== undefined) onStart(created.started);
  };
  return store.follow(store.revision, (change) => {
    const { object, type } = change;
    if (type === "ADDED" && object.kind === "Deployment") createReplicaSet(store, object);
    const name = POD_OWNERS[object.kind];
    if (type === "ADDED" && name !== undefined) {
      for (let index = 0; index < replicasOf(object); index += 1) start(object, name(object, index));
    }
    if (type !== "DELETED") return;
    deleteOwned(store, kubelet, object);
    const owner = change.resource === PODS ? controllerOf(store, change) : undefined;
    const rename = owner === undefined ? undefined : POD_OWNERS[owner.kind];
    if (owner !== undefined && rename !== undefined && owner.kind !== "Job") {
      start(owner, owner.kind === "StatefulSet" ? object.metadata.name : rename(owner, 0));
    }
  });
}

function createReplicaSet(store: ObjectStore, deployment: KubeObject): void {
  const template = templateOf(deployment);
  const hash = createHash("sha256").update(JSON.stringify(template)).digest("hex").slice(0, 10);
  const labels = { ...template.metadata?.labels, "pod-template-hash": hash };
  const status = { replicas: replicasOf(deployment), readyReplicas: replicasOf(deployment) };
  store.create(required("apps", "replicasets"), {
    ...{ apiVersion: "apps/v1", kind: "ReplicaSet" },
    metadata: {
      ...{ name: `${deployment.metadata.name}-${hash}`, namespace: deployment.metadata.namespace ?? "", labels },
      ownerReferences: [ownerReference(deployment)],
    },
    spec: {
      replicas: replicasOf(deployment),
      selector: { matchLabels: labels },
      template: { ...template, metadata: { ...template.metadata, labels } },
    },
    status,
  });
  store.update(required("apps", "deployments"), deployment, (current) => ({ ...current, status }));
}

function podOf(owner: KubeObject, name: string): Pod {
  const template = templateOf(owner);
  return defaultedPod({
    ...{ apiVersion: "v1", kind: "Pod" },
    metadata: {
      ...template.metadata,
      ...{ name, generateName: `${owner.metadata.name}-`, namespace: owner.metadata.namespace ?? "" },
      ownerReferences: [ownerReference(owner)],
    },
    spec: template.spec,
  });
}

function deleteOwned(store: ObjectStore, kubelet: Kubelet, owner: KubeObject): void {
  for (const resource of RESOURCES) {
    for (const object of store.list(resource, owner.metadata.namespace ?? "")) {
      const owned = (object.metadata.ownerReferences ?? []).some((reference) => reference.uid === owner.metadata.uid);
      if (!owned) continue;
      if (resource === PODS) void kubelet.delete(object as Pod, 1);
      else store.delete(resource, object);
    }
  }
}

function controllerOf(store: ObjectStore, change: Change): KubeObject | undefined {
  const reference = change.object.metadata.ownerReferences?.find((candidate) => candidate.controller === true);
  const resource = RESOURCES.find((candidate) => candidate.kind === reference?.kind);
  if (reference === undefined || resource === undefined) return undefined;
  const owner = store.get(resource, change.object.metadata.namespace ?? "", reference.name);
  return owner?.metadata.uid === reference.uid ? owner : undefined;
}

function ownerReference(owner: KubeObject): OwnerReference {
  const { apiVersion, kind, metadata } = owner;
  return { apiVersion, kind, name: metadata.name, uid: metadata.uid ?? "", controller: true, blockOwnerDeletion: true };
}

function templateOf(owner: KubeObject): Template {
  const template = (owner.spec as { readonly template?: Template } | undefined)?.template;
  if (template === undefined) throw new Error(`${owner.kind} ${owner.metadata.name} has no spec.template`);
  return template;
}

function replicasOf(owner: KubeObject): number {
  const spec = owner.spec as { readonly replicas?: number } | undefined;
  return owner.kind === "Job" || owner.kind === "DaemonSet" ? 1 : (spec?.replicas ?? 1);
}

function required(group: string, plural: string): Resource {
  const resource = findResource(group, plural);
  if (resource === undefined) throw new Error(`no resource ${plural}.${group}`);
  return resource;
}

/** The node object itself, as a kubelet registers it. */
export function nodeObject(kubeletVersion: string): KubeObject {
  const labels = { "kubernetes.io/os": "linux", "kubernetes.io/arch": "amd64", "kubernetes.io/hostname": NODE_NAME };
  return {
    ...{ apiVersion: "v1", kind: "Node", metadata: { name: NODE_NAME, labels }, spec: {} },
    status: {
      addresses: [{ type: "InternalIP", address: "127.0.0.1" }],
      conditions: [{ type: "Ready", status: "True", reason: "KubeletReady" }],
      nodeInfo: {
        kubeletVersion,
        operatingSystem: "linux",
        architecture: "amd64",
        containerRuntimeVersion: "containerd://1.6",
      },
    },
  };
}
