import { join } from "node:path";
import type { ObjectStore } from "../store/object-store.ts";
import type { EphemeralContainerSpec, Pod } from "../store/objects.ts";
import type { Containerd } from "./containerd.ts";
import { removePodCgroups, unmountUnder } from "./leftovers.ts";
import { PODS, type ProcessNamespaceOf, RunningPod } from "./running-pod.ts";
import { followTaskExits } from "./task-exits.ts";

/** Runs the store's pods on one containerd: what a kubelet does, without the network between. */
export class Kubelet {
  readonly #containerd: Containerd;
  readonly #store: ObjectStore;
  readonly #podsDir: string;
  readonly #log: (line: string) => void;
  readonly #pods = new Map<string, RunningPod>();
  #stopFollowing: () => void = () => {};
  /** What the runtime makes of targetContainerName; runtimes without support ignore it, and the API does not say so. */
  processNamespaceOf: ProcessNamespaceOf = (spec) => spec.targetContainerName;

  constructor(containerd: Containerd, store: ObjectStore, baseDir: string, log: (line: string) => void) {
    this.#containerd = containerd;
    this.#store = store;
    this.#podsDir = join(baseDir, "pods");
    this.#log = log;
  }

  async begin(): Promise<void> {
    unmountUnder(this.#podsDir); // volumes in memory of a run that was killed
    this.#stopFollowing = await followTaskExits(this.#containerd.paths.socket, (containerId) => {
      const pod = [...this.#pods.values()].find((candidate) => candidate.owns(containerId));
      pod?.onExit(containerId).catch((error: unknown) => this.#log(`after an exit: ${error}`));
    });
  }

  /** Starts a stored pod. Trouble with its sandbox leaves it Pending and goes to the log. */
  async run(pod: Pod): Promise<void> {
    const running = new RunningPod(pod, this.#containerd.cri, this.#store, this.#podsDir, (spec, of) =>
      this.processNamespaceOf(spec, of),
    );
    this.#pods.set(pod.metadata.uid ?? "", running);
    try {
      await running.start();
    } catch (error) {
      this.#log(`pod ${pod.metadata.namespace}/${pod.metadata.name} does not start: ${error}`);
    }
  }

  find(pod: Pod): RunningPod | undefined {
    return this.#pods.get(pod.metadata.uid ?? "");
  }

  async runEphemeral(pod: Pod, spec: EphemeralContainerSpec): Promise<void> {
    await this.find(pod)?.startEphemeral(spec);
  }

  /** Deletes as the API does: a deletionTimestamp at once, the object only after its containers are gone. */
  async delete(pod: Pod, graceSeconds: number): Promise<void> {
    this.#store.update(PODS, pod, (current) => ({
      ...current,
      metadata: {
        ...current.metadata,
        deletionTimestamp: new Date(Date.now() + graceSeconds * 1000).toISOString().replace(/\.\d+Z$/, "Z"),
        deletionGracePeriodSeconds: graceSeconds,
      },
    }));
    await this.find(pod)?.stop(graceSeconds);
    this.#pods.delete(pod.metadata.uid ?? "");
    this.#store.delete(PODS, pod);
  }

  /** Ends every pod without grace; the objects stay in the store. */
  async end(): Promise<void> {
    this.#stopFollowing();
    const pods = [...this.#pods.values()];
    const worker = async (): Promise<void> => {
      for (let pod = pods.pop(); pod !== undefined; pod = pods.pop()) await pod.stop(0);
    };
    await Promise.all([worker(), worker(), worker()]);
    removePodCgroups();
  }
}
