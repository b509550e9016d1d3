/** The messages of cri.proto as proto-loader gives and takes them (keepCase, longs as numbers, enums as names). */
export type NamespaceMode = "POD" | "CONTAINER" | "NODE" | "TARGET";

export interface NamespaceOption {
  readonly network: NamespaceMode;
  readonly pid: NamespaceMode;
  readonly ipc: NamespaceMode;
  readonly target_id?: string;
}

export interface PodSandboxConfig {
  readonly metadata: {
    readonly name: string;
    readonly uid: string;
    readonly namespace: string;
    readonly attempt: number;
  };
  readonly hostname: string;
  readonly log_directory: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly linux: {
    readonly cgroup_parent: string;
    readonly security_context: { readonly namespace_options: NamespaceOption };
  };
}

export interface SecurityContext {
  readonly capabilities: {
    readonly add_capabilities: readonly string[];
    readonly drop_capabilities: readonly string[];
  };
  readonly privileged: boolean;
  readonly namespace_options: NamespaceOption;
  readonly run_as_user?: { readonly value: number };
  readonly run_as_group?: { readonly value: number };
  readonly readonly_rootfs: boolean;
  readonly supplemental_groups: readonly number[];
  readonly no_new_privs: boolean;
  readonly masked_paths: readonly string[];
  readonly readonly_paths: readonly string[];
  readonly seccomp: { readonly profile_type: "RuntimeDefault" | "Unconfined" };
}

export interface ContainerConfig {
  readonly metadata: { readonly name: string; readonly attempt: number };
  readonly image: { readonly image: string };
  readonly command: readonly string[];
  readonly args: readonly string[];
  readonly working_dir: string;
  readonly envs: readonly { readonly key: string; readonly value: string }[];
  readonly mounts: readonly {
    readonly container_path: string;
    readonly host_path: string;
    readonly readonly: boolean;
  }[];
  readonly labels: Readonly<Record<string, string>>;
  readonly log_path: string;
  readonly stdin: boolean;
  readonly tty: boolean;
  readonly linux: {
    readonly resources: { readonly memory_limit_in_bytes: number };
    readonly security_context: SecurityContext;
  };
}

export interface CreateContainerRequest {
  readonly pod_sandbox_id: string;
  readonly config: ContainerConfig;
  readonly sandbox_config: PodSandboxConfig;
}

export interface ContainerStatus {
  readonly id: string;
  readonly state: "CONTAINER_CREATED" | "CONTAINER_RUNNING" | "CONTAINER_EXITED" | "CONTAINER_UNKNOWN";
  /** Nanoseconds since 1970, rounded by the conversion to a number; 0 when it did not happen. */
  readonly created_at: number;
  readonly started_at: number;
  readonly finished_at: number;
  readonly exit_code: number;
  readonly image_ref: string;
  readonly reason: string;
  readonly message: string;
}

export interface ExecRequest {
  readonly container_id: string;
  readonly cmd: readonly string[];
  readonly tty: boolean;
  readonly stdin: boolean;
  readonly stdout: boolean;
  readonly stderr: boolean;
}

export interface Image {
  readonly id: string;
  readonly repo_tags: readonly string[];
  readonly repo_digests: readonly string[];
  readonly uid: { readonly value: number } | null;
  readonly username: string;
}
