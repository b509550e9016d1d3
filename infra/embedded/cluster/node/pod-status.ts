import type { ContainerStateReport, ContainerStatusReport, Pod, PodStatus } from "../store/objects.ts";
import type { ContainerStatus } from "./cri-messages.ts";

/** A container that has not run yet, or cannot. */
export function waitingReport(name: string, image: string, reason: string, message?: string): ContainerStatusReport {
  return {
    ...{ name, image, imageID: "", ready: false, started: false, restartCount: 0, lastState: {} },
    state: { waiting: { reason, ...(message === undefined ? {} : { message }) } },
  };
}

/** What CRI says of a container, in the API's words. */
export function reportOf(
  before: ContainerStatusReport,
  status: ContainerStatus,
  attempt: number,
): ContainerStatusReport {
  const running = status.state === "CONTAINER_RUNNING";
  return {
    ...before,
    imageID: status.image_ref,
    containerID: `containerd://${status.id}`,
    ready: running,
    started: running,
    restartCount: attempt,
    state: stateOf(status),
  };
}

function stateOf(status: ContainerStatus): ContainerStateReport {
  if (status.state === "CONTAINER_RUNNING") return { running: { startedAt: timeOf(status.started_at) } };
  if (status.state !== "CONTAINER_EXITED") return { waiting: { reason: "ContainerCreating" } };
  return {
    terminated: {
      exitCode: status.exit_code,
      reason: status.reason || (status.exit_code === 0 ? "Completed" : "Error"),
      startedAt: timeOf(status.started_at),
      finishedAt: timeOf(status.finished_at),
      containerID: `containerd://${status.id}`,
    },
  };
}

/** Phase and conditions from the containers, by the rules of the pod lifecycle documentation. */
export function podStatus(
  pod: Pod,
  containers: readonly ContainerStatusReport[],
): Omit<PodStatus, "containerStatuses"> {
  const phase = phaseOf(pod, containers);
  const ready = containers.every((container) => container.ready);
  const now = timeOf(Date.now() * 1e6);
  const condition = (type: string, holds: boolean) => {
    const status = holds ? "True" : "False";
    const before = pod.status.conditions?.find((candidate) => candidate.type === type);
    return before?.status === status ? before : { type, status, lastTransitionTime: now };
  };
  return {
    phase,
    hostIP: "127.0.0.1",
    podIP: "127.0.0.1",
    qosClass: "BestEffort",
    startTime: pod.status.startTime ?? now,
    conditions: [
      condition("Initialized", true),
      condition("Ready", ready && phase === "Running"),
      condition("ContainersReady", ready && phase === "Running"),
      condition("PodScheduled", true),
    ],
  };
}

function phaseOf(pod: Pod, containers: readonly ContainerStatusReport[]): PodStatus["phase"] {
  const policy = pod.spec.restartPolicy ?? "Always";
  const ended = containers.map((container) => container.state.terminated);
  if (policy !== "Always" && ended.every((end) => end !== undefined)) {
    const failed = ended.some((end) => end?.exitCode !== 0);
    if (!failed) return "Succeeded";
    if (policy === "Never") return "Failed";
  }
  const begun = containers.every((container) => container.containerID !== undefined || container.state.terminated);
  return begun ? "Running" : "Pending";
}

/** RFC 3339 with whole seconds, as metav1.Time is written. */
function timeOf(nanoseconds: number): string {
  return new Date(Math.floor(nanoseconds / 1e6)).toISOString().replace(/\.\d+Z$/, "Z");
}
