/** Where one private containerd lives. All of it is ours, so all of it may be removed. */
export interface ContainerdPaths {
  readonly root: string;
  readonly state: string;
  readonly runcRoot: string;
  readonly opt: string;
  readonly configFile: string;
  readonly logFile: string;
  readonly pidFile: string;
  /** In a short directory: Unix socket paths end at 108 bytes. */
  readonly socket: string;
}

/** The configuration file of a containerd that shares nothing with one that may already run on this machine. */
export function containerdConfig(paths: ContainerdPaths, pauseImage: string, snapshotter: string): string {
  const text = JSON.stringify; // TOML basic strings escape as JSON does, for the characters that paths have
  return `version = 2
root = ${text(paths.root)}
state = ${text(paths.state)}
disabled_plugins = ["io.containerd.snapshotter.v1.btrfs", "io.containerd.snapshotter.v1.zfs", "io.containerd.snapshotter.v1.devmapper", "io.containerd.snapshotter.v1.aufs", "io.containerd.tracing.processor.v1.otlp", "io.containerd.internal.v1.tracing"]
[grpc]
  address = ${text(paths.socket)}
[ttrpc]
  address = ${text(`${paths.socket}.ttrpc`)}
[plugins."io.containerd.internal.v1.opt"]
  path = ${text(paths.opt)}
[plugins."io.containerd.grpc.v1.cri"]
  # Without CAP_SYS_RESOURCE every sandbox dies with "can't get final child's PID from pipe: EOF".
  restrict_oom_score_adj = true
  sandbox_image = ${text(pauseImage)}
  stream_server_address = "127.0.0.1"
  stream_server_port = "0"
  disable_apparmor = true
  enable_selinux = false
[plugins."io.containerd.grpc.v1.cri".cni]
  bin_dir = ${text(`${paths.opt}/cni/bin`)}
  conf_dir = ${text(`${paths.opt}/cni/net.d`)}
[plugins."io.containerd.grpc.v1.cri".containerd]
  snapshotter = ${text(snapshotter)}
  default_runtime_name = "runc"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc]
  runtime_type = "io.containerd.runc.v2"
[plugins."io.containerd.grpc.v1.cri".containerd.runtimes.runc.options]
  Root = ${text(paths.runcRoot)}
`;
}
