import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import type { ObjectStore } from "../store/object-store.ts";
import type { ContainerSpec, ContainerStatusReport, EphemeralContainerSpec, Pod } from "../store/objects.ts";
import { findResource, type Resource } from "../store/resources.ts";
import { containerConfig, logPath, sandboxConfig } from "./container-config.ts";
import { type Cri, CriError } from "./cri.ts";
import type { PodSandboxConfig } from "./cri-messages.ts";
import { unmountUnder } from "./leftovers.ts";
import { podStatus, reportOf, waitingReport } from "./pod-status.ts";

type ContainerRole = "init" | "main" | "ephemeral";

interface RunningContainer {
  readonly spec: EphemeralContainerSpec;
  readonly role: ContainerRole;
  attempt: number;
  id: string | undefined;
  report: ContainerStatusReport;
  restartTimer: NodeJS.Timeout | undefined;
  readonly ended: PromiseWithResolvers<void>;
}

/** The container of the pod whose process namespace an ephemeral one joins; undefined leaves it with one of its own. */
export type ProcessNamespaceOf = (spec: EphemeralContainerSpec, pod: Pod) => string | undefined;

/** As a kubelet: the first restart at once, then ten seconds, doubling up to five minutes. */
const FIRST_BACKOFF_MS = 10_000;
const MAX_BACKOFF_MS = 300_000;

export const PODS: Resource = required(findResource("", "pods"));
const CONFIG_MAPS: Resource = required(findResource("", "configmaps"));

/** One pod on the node: its sandbox and containers, and the status that is written back to the store. */
export class RunningPod {
  readonly #cri: Cri;
  readonly #store: ObjectStore;
  readonly #dir: string;
  readonly #joins: ProcessNamespaceOf;
  readonly #containers = new Map<string, RunningContainer>();
  /** One handling an exit, whoever tells of it first: the event stream or the one who killed it. */
  readonly #exits = new Map<string, Promise<void>>();
  readonly #killed = new Set<string>();
  /** Restarts after a back-off, while they are carried out. */
  readonly #underWay = new Set<Promise<void>>();
  #removed: Promise<void> | undefined;
  #pod: Pod;
  #sandbox: { readonly id: string; readonly config: PodSandboxConfig } | undefined;
  #stopping = false;

  constructor(pod: Pod, cri: Cri, store: ObjectStore, podsDir: string, joins: ProcessNamespaceOf) {
    this.#joins = joins;
    this.#pod = pod;
    this.#cri = cri;
    this.#store = store;
    this.#dir = join(podsDir, pod.metadata.uid ?? pod.metadata.name);
    for (const spec of pod.spec.initContainers ?? []) this.#add(spec, "init");
    for (const spec of pod.spec.containers) this.#add(spec, "main");
  }

  /** Brings the pod up. Resolves when every container was started or has a reason why not. */
  async start(): Promise<void> {
    this.#publish();
    const config = sandboxConfig(this.#pod, this.#dir);
    mkdirSync(config.log_directory, { recursive: true });
    const id = await this.#cri.runPodSandbox(config);
    this.#sandbox = { id, config };
    for (const container of this.#containers.values()) {
      if (this.#stopping) return;
      await this.#startContainer(container);
      if (container.role === "init" && container.spec.restartPolicy !== "Always") await container.ended.promise;
    }
  }

  /** Adds and starts an ephemeral container; it joins its target's process namespace. Never restarted. */
  async startEphemeral(spec: EphemeralContainerSpec): Promise<void> {
    const container = this.#add(spec, "ephemeral");
    this.#publish();
    await this.#startContainer(container);
  }

  containerId(name: string): string | undefined {
    return this.#containers.get(name)?.id;
  }

  /** True while the container's process runs, as the last event said. */
  isRunning(name: string): boolean {
    return this.#containers.get(name)?.report.state.running !== undefined;
  }

  logFile(name: string): string {
    return join(this.#dir, "logs", logPath(name, this.#containers.get(name)?.attempt ?? 0));
  }

  owns(containerId: string): boolean {
    return [...this.#containers.values()].some((container) => container.id === containerId);
  }

  /** Kills a container's first process; the restart policy then decides, without back-off. Resolves when it has. */
  async kill(name: string): Promise<void> {
    const container = this.#containers.get(name);
    if (container?.id === undefined) throw new Error(`pod ${this.#pod.metadata.name} runs no container ${name}`);
    const { id } = container;
    this.#killed.add(id);
    await this.#cri.stopContainer(id, 0);
    await this.onExit(id);
  }

  /** The container's first process has ended: publish how, and restart it when the pod says so. */
  onExit(containerId: string): Promise<void> {
    const handled = this.#exits.get(containerId) ?? this.#handleExit(containerId);
    this.#exits.set(containerId, handled);
    return handled;
  }

  async #handleExit(containerId: string): Promise<void> {
    const container = [...this.#containers.values()].find((candidate) => candidate.id === containerId);
    if (container === undefined || this.#stopping) return;
    const status = await this.#exited(containerId);
    container.report = reportOf(container.report, status, container.attempt);
    container.ended.resolve();
    this.#publish();
    if (!this.#restarts(container, status.exit_code)) return;
    const delayMs =
      this.#killed.has(containerId) || container.attempt === 0
        ? 0
        : Math.min(FIRST_BACKOFF_MS * 2 ** (container.attempt - 1), MAX_BACKOFF_MS);
    if (delayMs === 0) return this.#restart(container);
    const last = container.report.state;
    container.report = { ...container.report, lastState: last, state: { waiting: { reason: "CrashLoopBackOff" } } };
    this.#publish();
    container.restartTimer = setTimeout(() => this.#restartLater(container), delayMs);
  }

  /** Ends all containers, politely for `graceSeconds`, then sandbox and files. */
  async stop(graceSeconds: number): Promise<void> {
    this.#stopping = true;
    for (const container of this.#containers.values()) {
      clearTimeout(container.restartTimer);
      container.ended.resolve();
    }
    // CRI refuses to remove a sandbox while a restart removes the container before it.
    await Promise.allSettled([...this.#exits.values(), ...this.#underWay]);
    const ids = [...this.#containers.values()].flatMap((container) =>
      container.id === undefined ? [] : [container.id],
    );
    if (graceSeconds > 0) await Promise.all(ids.map((id) => this.#cri.stopContainer(id, graceSeconds)));
    this.#removed ??= this.#remove();
    await this.#removed;
  }

  /** Once, however often a pod is ended: an end without grace overtakes one that waits, and CRI refuses the second. */
  async #remove(): Promise<void> {
    if (this.#sandbox !== undefined) {
      await this.#cri.stopPodSandbox(this.#sandbox.id);
      await this.#cri.removePodSandbox(this.#sandbox.id);
    }
    unmountUnder(this.#dir);
    if (existsSync(this.#dir)) rmSync(this.#dir, { recursive: true, force: true });
  }

  #add(spec: ContainerSpec, role: ContainerRole): RunningContainer {
    const container: RunningContainer = {
      ...{ spec, role, attempt: 0, id: undefined, restartTimer: undefined, ended: Promise.withResolvers<void>() },
      report: waitingReport(spec.name, spec.image, "ContainerCreating"),
    };
    this.#containers.set(spec.name, container);
    return container;
  }

  async #startContainer(container: RunningContainer): Promise<void> {
    const sandbox = this.#sandbox;
    if (sandbox === undefined || this.#stopping) return;
    const image = await this.#cri.imageStatus(container.spec.image);
    if (image === undefined) {
      return this.#wait(container, "ImagePullBackOff", `Back-off pulling image "${container.spec.image}"`);
    }
    const imageUid = image.uid?.value ?? 0;
    if (runsAsRootAgainstItsWill(container.spec, this.#pod, imageUid)) {
      return this.#wait(
        container,
        "CreateContainerConfigError",
        "container has runAsNonRoot and image will run as root",
      );
    }
    const target = this.#joins(container.spec, this.#pod);
    const targetContainerId = target === undefined ? undefined : this.containerId(target);
    const config = containerConfig(container.spec, {
      ...{ pod: this.#pod, podDir: this.#dir, attempt: container.attempt, imageUid, configMaps: this.#configMaps() },
      ...(targetContainerId === undefined ? {} : { targetContainerId }),
    });
    try {
      const request = { pod_sandbox_id: sandbox.id, config, sandbox_config: sandbox.config };
      container.id = await this.#cri.createContainer(request);
      await this.#cri.startContainer(container.id);
    } catch (error) {
      if (!(error instanceof CriError)) throw error;
      container.ended.resolve();
      const reason = container.id === undefined ? "CreateContainerError" : "RunContainerError";
      return this.#wait(container, reason, error.details);
    }
    const status = await this.#cri.containerStatus(container.id);
    // One that is over already is left to the exit event, which also decides on a restart.
    if (status.state === "CONTAINER_RUNNING") container.report = reportOf(container.report, status, container.attempt);
    else await this.onExit(container.id);
    this.#publish();
  }

  #restartLater(container: RunningContainer): void {
    const restart = this.#restart(container).finally(() => this.#underWay.delete(restart));
    this.#underWay.add(restart);
    restart.catch(() => {}); // a pod that has ended meanwhile
  }

  async #restart(container: RunningContainer): Promise<void> {
    if (this.#stopping) return;
    const old = container.id;
    container.attempt += 1;
    const ended = container.report.state.terminated;
    container.report = {
      ...container.report,
      ...(ended === undefined ? {} : { lastState: { terminated: ended } }),
    };
    container.id = undefined;
    await this.#startContainer(container);
    if (old !== undefined) await this.#cri.removeContainer(old);
  }

  #restarts(container: RunningContainer, exitCode: number): boolean {
    if (container.role === "ephemeral") return false;
    if (container.role === "init") return container.spec.restartPolicy === "Always";
    const policy = this.#pod.spec.restartPolicy ?? "Always";
    return policy === "Always" || (policy === "OnFailure" && exitCode !== 0);
  }

  /** containerd's CRI plugin learns of an exit from the same event as we do, possibly a little later. */
  async #exited(containerId: string) {
    for (;;) {
      const status = await this.#cri.containerStatus(containerId);
      if (status.state === "CONTAINER_EXITED") return status;
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
  }

  #wait(container: RunningContainer, reason: string, message: string): void {
    container.report = { ...container.report, ready: false, state: { waiting: { reason, message } } };
    this.#publish();
  }

  #configMaps(): ReadonlyMap<string, Readonly<Record<string, string>>> {
    const maps = this.#store.list(CONFIG_MAPS, this.#pod.metadata.namespace ?? "");
    // ConfigMap.data is a map of strings by its schema; it was checked when the manifest was applied.
    return new Map(maps.map((map) => [map.metadata.name, (map.data ?? {}) as Record<string, string>]));
  }

  #publish(): void {
    const reports = (role: ContainerRole): ContainerStatusReport[] =>
      [...this.#containers.values()]
        .filter((container) => container.role === role)
        .map((container) => container.report);
    const init = reports("init");
    const ephemeral = reports("ephemeral");
    const stored = this.#store.update(PODS, this.#pod, (current) => ({
      ...current,
      status: {
        ...podStatus(current, reports("main")),
        containerStatuses: reports("main"),
        ...(init.length > 0 ? { initContainerStatuses: init } : {}),
        ...(ephemeral.length > 0 ? { ephemeralContainerStatuses: ephemeral } : {}),
      },
    }));
    if (stored !== undefined) this.#pod = stored;
  }
}

function runsAsRootAgainstItsWill(spec: ContainerSpec, pod: Pod, imageUid: number): boolean {
  const own = spec.securityContext ?? {};
  const ofPod = pod.spec.securityContext ?? {};
  const nonRoot = own.runAsNonRoot ?? ofPod.runAsNonRoot ?? false;
  return nonRoot && (own.runAsUser ?? ofPod.runAsUser ?? imageUid) === 0;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new Error("the resource table lacks a resource that the node needs");
  return value;
}
