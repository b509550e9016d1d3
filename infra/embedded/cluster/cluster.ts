import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Api } from "./api/api.ts";
import { createCertificates } from "./api/certificates.ts";
import { admit } from "./api/ephemeral.ts";
import { startApiServer } from "./api/server.ts";
import { createTokenAuthority, ISSUER } from "./api/tokens.ts";
import {
  bootstrapObjects,
  completedNamespace,
  defaultAccount,
  MUSTER_NAMESPACE,
  NOBODY_ACCOUNT,
  SCANNER_ACCOUNT,
  TOOLBOX_ACCOUNT,
} from "./bootstrap.ts";
import { type Clock, systemClock } from "./clock.ts";
import { type DelayProxy, startDelayProxy } from "./delay-proxy.ts";
import { Faults } from "./faults.ts";
import { PAUSE_IMAGE } from "./images/archives.ts";
import { buildImages } from "./images/build.ts";
import { kubeconfigText } from "./kubeconfig.ts";
import { parseManifests, readManifests, SAMPLE_WORKLOADS } from "./manifests.ts";
import { startContainerd } from "./node/containerd.ts";
import { nodeObject, runControllers } from "./node/controllers.ts";
import { Kubelet } from "./node/kubelet.ts";
import { importArchives } from "./node/node-images.ts";
import { createPod, defaultedPod } from "./node/pod-creation.ts";
import { PODS, type ProcessNamespaceOf } from "./node/running-pod.ts";
import { identify, isAlive, type ProcessIdentity } from "./process-identity.ts";
import { requireMachine } from "./requirements.ts";
import { ObjectStore } from "./store/object-store.ts";
import type { KubeObject, Pod } from "./store/objects.ts";
import { findResource, resourceOfKind } from "./store/resources.ts";
import { behaviourOf, type KubernetesVersion } from "./versions.ts";

export interface ClusterOptions {
  /** All files of the cluster lie under it, one running cluster a folder; kept between runs, it holds the imported images. */
  readonly baseDir: string;
  /** Which Kubernetes to behave like. Default 1.36. */
  readonly version?: KubernetesVersion;
  /** Distance to the API server in milliseconds. Default 0: no proxy in between. */
  readonly rttMs?: number;
  /** A folder of manifests. Default: the sample workloads. */
  readonly workloads?: string;
  /** Docker-archives of further images. */
  readonly archives?: readonly string[];
  readonly log?: (line: string) => void;
}

/** A running cluster. */
export interface EmbeddedCluster {
  /** Path of a kubeconfig (0600) with the contexts muster (current), muster-toolbox, muster-admin and nobody. */
  readonly kubeconfig: string;
  readonly server: string;
  readonly baseDir: string;
  readonly faults: Faults;
  readonly clock: Clock;
  readonly store: ObjectStore;
  /** The hop with distance in front of the API server; undefined without `rttMs`. */
  readonly proxy: DelayProxy | undefined;
  /** Applies manifests (YAML or objects) and resolves when their pods were started. */
  readonly apply: (manifests: string | readonly KubeObject[]) => Promise<void>;
  /** A stored pod, undefined when there is none of that name. */
  readonly pod: (namespace: string, name: string) => Pod | undefined;
  readonly deletePod: (namespace: string, name: string, graceSeconds?: number) => Promise<void>;
  /** Kills a container's first process; with restartPolicy Always the same pod gets another container at once. */
  readonly killContainer: (namespace: string, name: string, container: string) => Promise<void>;
  /** A bearer token for a service account, good for so many seconds of the cluster's clock. */
  readonly token: (namespace: string, serviceAccount: string, seconds?: number) => string;
  /** From now on, answers as another version of Kubernetes. */
  readonly behaveLike: (version: KubernetesVersion) => void;
  /** From now on, ephemeral containers join this container's process namespace, whatever they ask for. Undefined: as asked. */
  readonly joinProcesses: (of: ProcessNamespaceOf | undefined) => void;
  readonly containerdPid: number;
  /** Where `ctr --namespace k8s.io` finds it. */
  readonly containerdSocket: string;
  /** Ends everything: pods, containerd, shims, mounts, the server. May be called twice. */
  readonly stop: () => Promise<void>;
}

/** Another living process runs a cluster in the same folder. */
export class ClusterInUseError extends Error {}

const YEAR_SECONDS = 365 * 24 * 60 * 60;

/**
 * Starts a Kubernetes-shaped cluster with real containers on this machine. Needs root and containerd
 * (throws RequirementError otherwise); builds the images first when the cache lacks them.
 */
export async function startCluster(options: ClusterOptions): Promise<EmbeddedCluster> {
  requireMachine();
  const log = options.log ?? (() => {});
  const baseDir = resolve(options.baseDir);
  const objects = readManifests(options.workloads ?? SAMPLE_WORKLOADS);
  takeOwnership(baseDir);
  const archives = [...buildImages(undefined, log), ...(options.archives ?? [])];
  let version = options.version ?? "1.36";
  const containerd = await startContainerd(baseDir, PAUSE_IMAGE);
  const undo: (() => Promise<void> | void)[] = [containerd.stop];
  let stopping: Promise<void> | undefined;
  const stop = (): Promise<void> => {
    stopping ??= (async () => {
      for (const step of undo.reverse()) {
        try {
          await step();
        } catch (trouble) {
          log(`while stopping: ${trouble}`); // the last step, containerd's, ends whatever the ones before it left
        }
      }
      held.delete(baseDir);
      rmSync(join(baseDir, "owner.json"), { force: true });
      rmSync(join(baseDir, "kubeconfig"), { force: true });
    })();
    return stopping;
  };
  try {
    await importArchives(containerd, archives);
    const store = new ObjectStore();
    const kubelet = new Kubelet(containerd, store, baseDir, log);
    await kubelet.begin();
    undo.push(() => kubelet.end());
    const starts: Promise<void>[] = [];
    undo.push(runControllers(store, kubelet, (started) => starts.push(started)));
    const clock = systemClock();
    const tokens = createTokenAuthority();
    const faults = new Faults();
    const api: Api = {
      ...{ store, kubelet, tokens, clock, faults, log },
      behaviour: () => behaviourOf(version),
    };

    const applyAll = async (wanted: readonly KubeObject[]): Promise<void> => {
      for (const object of wanted) applyOne(api, object, starts);
      await Promise.all(starts.splice(0));
    };
    const certificates = await createCertificates();
    const apiServer = await startApiServer(api, containerd, certificates);
    undo.push(apiServer.close);
    const proxy = options.rttMs
      ? await startDelayProxy({ targetPort: apiServer.port, rttMs: options.rttMs })
      : undefined;
    if (proxy !== undefined) undo.push(proxy.close);
    const server = `https://127.0.0.1:${proxy?.port ?? apiServer.port}`;
    await applyAll([...bootstrapObjects(), nodeObject(behaviourOf(version).gitVersion), ...objects]);

    const token = (namespace: string, serviceAccount: string, seconds = YEAR_SECONDS): string =>
      tokens.issue(claimsFor(store, clock, namespace, serviceAccount, seconds));
    const kubeconfig = join(baseDir, "kubeconfig");
    rmSync(kubeconfig, { force: true });
    const content = {
      ...{ server, ca: certificates.ca, namespace: "demo", currentContext: "muster" },
      users: {
        muster: { token: token(MUSTER_NAMESPACE, SCANNER_ACCOUNT) },
        "muster-toolbox": { token: token(MUSTER_NAMESPACE, TOOLBOX_ACCOUNT) },
        "muster-admin": certificates.admin,
        nobody: { token: token(MUSTER_NAMESPACE, NOBODY_ACCOUNT) },
      },
    };
    writeFileSync(kubeconfig, kubeconfigText(content), { mode: 0o600 });
    const pod = (namespace: string, name: string): Pod | undefined =>
      store.get(PODS, namespace, name) as Pod | undefined;
    const existing = (namespace: string, name: string): Pod => {
      const found = pod(namespace, name);
      if (found === undefined) throw new Error(`no pod ${namespace}/${name}`);
      return found;
    };
    return {
      ...{ kubeconfig, server, baseDir, faults, clock, store, proxy, token, pod, stop, containerdPid: containerd.pid },
      containerdSocket: containerd.paths.socket,
      apply: (manifests) => applyAll(typeof manifests === "string" ? parseManifests(manifests, "manifest") : manifests),
      deletePod: (namespace, name, graceSeconds = 0) => kubelet.delete(existing(namespace, name), graceSeconds),
      behaveLike: (wanted) => {
        version = wanted;
      },
      joinProcesses: (of) => {
        kubelet.processNamespaceOf = of ?? ((spec) => spec.targetContainerName);
      },
      killContainer: async (namespace, name, container) => kubelet.find(existing(namespace, name))?.kill(container),
    };
  } catch (error) {
    await stop();
    throw error;
  }
}

/** Stores one manifest's object; an existing one of the name is replaced, a pod is left alone, as `kubectl apply` would. */
function applyOne(api: Api, object: KubeObject, starts: Promise<void>[]): void {
  const { store, kubelet } = api;
  const resource = resourceOfKind(object.apiVersion, object.kind);
  if (resource === undefined) throw new Error(`this cluster serves no ${object.kind} of ${object.apiVersion}`);
  if (object.kind === "Namespace") {
    object = completedNamespace(object);
    createOrReplace(store, defaultAccount(object.metadata.name));
  }
  if (object.kind !== "Pod") {
    createOrReplace(store, object);
    return;
  }
  const pod = defaultedPod(object);
  admit(api, pod);
  const created = createPod(store, kubelet, pod);
  if (created !== undefined) starts.push(created.started);
}

function createOrReplace(store: ObjectStore, object: KubeObject): void {
  const resource = resourceOfKind(object.apiVersion, object.kind);
  if (resource === undefined || store.create(resource, object) !== undefined) return;
  const before = store.get(resource, object.metadata.namespace ?? "", object.metadata.name);
  if (before === undefined) return;
  store.update(resource, before, () => ({ ...object, metadata: { ...before.metadata, ...object.metadata } }));
}

function claimsFor(store: ObjectStore, clock: Clock, namespace: string, serviceAccount: string, seconds: number) {
  const accounts = findResource("", "serviceaccounts");
  const account = accounts && store.get(accounts, namespace, serviceAccount);
  if (account === undefined) throw new Error(`no service account ${namespace}/${serviceAccount}`);
  const issuedAt = Math.floor(clock.now() / 1000);
  return {
    ...{ namespace, serviceAccount, serviceAccountUid: account.metadata.uid ?? "" },
    ...{ audiences: [ISSUER], issuedAt, expiresAt: issuedAt + seconds },
  };
}

/** Folders in which this process itself runs a cluster. */
const held = new Set<string>();

/** One cluster a folder: refuses when a living process holds it, takes it over from a dead one. */
function takeOwnership(baseDir: string): void {
  mkdirSync(baseDir, { recursive: true, mode: 0o755 });
  const file = join(baseDir, "owner.json");
  if (existsSync(file)) {
    const owner = JSON.parse(readFileSync(file, "utf8")) as ProcessIdentity; // written below only
    if (owner.pid === process.pid ? held.has(baseDir) : isAlive(owner)) {
      throw new ClusterInUseError(`process ${owner.pid} already runs a cluster in ${baseDir}`);
    }
  }
  held.add(baseDir);
  writeFileSync(file, JSON.stringify(identify(process.pid)));
}
