import { join } from "node:path";
import type { ContainerSpec, Pod } from "../store/objects.ts";
import type { ContainerConfig, NamespaceOption, PodSandboxConfig } from "./cri-messages.ts";
import { PODS_CGROUP } from "./leftovers.ts";
import { bytesOf, volumeMounts } from "./volumes.ts";

/** What a kubelet hides or write-protects under /proc and /sys unless procMount says otherwise. */
const MASKED_PATHS = [
  "asound",
  "acpi",
  "kcore",
  "keys",
  "latency_stats",
  "timer_list",
  "timer_stats",
  "sched_debug",
  "scsi",
]
  .map((name) => `/proc/${name}`)
  .concat("/sys/firmware");
const READONLY_PATHS = ["bus", "fs", "irq", "sys", "sysrq-trigger"].map((name) => `/proc/${name}`);

/** Every container of a real cluster sees where its API is. */
const SERVICE_ENV = [
  { key: "KUBERNETES_SERVICE_HOST", value: "10.96.0.1" },
  { key: "KUBERNETES_SERVICE_PORT", value: "443" },
];

/** Translates a pod into its sandbox. The network is the machine's: no CNI, and then the hostname has to stay empty. */
export function sandboxConfig(pod: Pod, podDir: string): PodSandboxConfig {
  const uid = pod.metadata.uid ?? "";
  return {
    metadata: { name: pod.metadata.name, uid, namespace: pod.metadata.namespace ?? "", attempt: 0 },
    hostname: "",
    log_directory: join(podDir, "logs"),
    labels: { "io.kubernetes.pod.name": pod.metadata.name, "io.kubernetes.pod.uid": uid },
    linux: { cgroup_parent: `${PODS_CGROUP}/pod${uid}`, security_context: { namespace_options: namespaces(pod) } },
  };
}

/** Where a container runs: its pod, its attempt, the process namespace it joins, and what the image itself says of the user. */
export interface ContainerPlace {
  readonly pod: Pod;
  readonly podDir: string;
  readonly attempt: number;
  readonly targetContainerId?: string;
  readonly imageUid: number;
  readonly configMaps: ReadonlyMap<string, Readonly<Record<string, string>>>;
}

export function containerConfig(spec: ContainerSpec, place: ContainerPlace): ContainerConfig {
  const { pod } = place;
  const own = spec.securityContext ?? {};
  const ofPod = pod.spec.securityContext ?? {};
  const user = own.runAsUser ?? ofPod.runAsUser;
  const group = own.runAsGroup ?? ofPod.runAsGroup;
  const options = namespaces(pod);
  const unmasked = own.privileged === true || own.procMount === "Unmasked";
  const seccomp = (own.seccompProfile ?? ofPod.seccompProfile)?.type === "RuntimeDefault" && !own.privileged;
  return {
    metadata: { name: spec.name, attempt: place.attempt },
    image: { image: spec.image },
    command: spec.command ?? [],
    args: spec.args ?? [],
    working_dir: spec.workingDir ?? "",
    envs: [...SERVICE_ENV, ...(spec.env ?? []).map(({ name, value }) => ({ key: name, value: value ?? "" }))],
    mounts: volumeMounts(spec, place),
    labels: { "io.kubernetes.container.name": spec.name },
    log_path: logPath(spec.name, place.attempt),
    stdin: spec.stdin ?? false,
    tty: spec.tty ?? false,
    linux: {
      resources: { memory_limit_in_bytes: bytesOf(spec.resources?.limits?.memory) ?? 0 },
      security_context: {
        capabilities: {
          add_capabilities: own.capabilities?.add ?? [],
          drop_capabilities: own.capabilities?.drop ?? [],
        },
        privileged: own.privileged ?? false,
        namespace_options:
          place.targetContainerId === undefined
            ? options
            : { ...options, pid: "TARGET", target_id: place.targetContainerId },
        // CRI refuses a group without a user, so the image's own user is named then, as a kubelet does.
        ...(user === undefined && group === undefined ? {} : { run_as_user: { value: user ?? place.imageUid } }),
        ...(group === undefined ? {} : { run_as_group: { value: group } }),
        readonly_rootfs: own.readOnlyRootFilesystem ?? false,
        supplemental_groups: [
          ...(ofPod.supplementalGroups ?? []),
          ...(ofPod.fsGroup === undefined ? [] : [ofPod.fsGroup]),
        ],
        no_new_privs: own.allowPrivilegeEscalation === false,
        masked_paths: unmasked ? [] : MASKED_PATHS,
        readonly_paths: unmasked ? [] : READONLY_PATHS,
        seccomp: { profile_type: seccomp ? "RuntimeDefault" : "Unconfined" },
      },
    },
  };
}

export function logPath(container: string, attempt: number): string {
  return `${container}.${attempt}.log`;
}

function namespaces(pod: Pod): NamespaceOption {
  const pid = pod.spec.hostPID ? "NODE" : pod.spec.shareProcessNamespace ? "POD" : "CONTAINER";
  return { network: "NODE", pid, ipc: pod.spec.hostIPC ? "NODE" : "POD" };
}
