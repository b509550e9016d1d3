/** One verb on one resource of the core API group, and what a scan does with it. */
export interface Right {
  readonly verb: "get" | "list" | "watch" | "create" | "patch";
  readonly resource: "pods" | "pods/exec" | "pods/ephemeralcontainers" | "nodes";
  readonly why: string;
}

/** Finds the containers that a request selects. RBAC's resourceNames cannot narrow it. */
export const listPods: Right = { verb: "list", resource: "pods", why: "finds the pods that a request selects" };

/** Proves before and after that the evidence is of one run of one container. */
export const seePods: readonly Right[] = [
  { verb: "get", resource: "pods", why: "reads pod UID, container id and image" },
  { verb: "watch", resource: "pods", why: "tells at once when the pod is replaced; asked by metadata.name" },
];

/** The exec stream as a WebSocket, which is an HTTP GET. */
export const getExec: Right = { verb: "get", resource: "pods/exec", why: "opens the session (a WebSocket is a GET)" };

/** Gate AuthorizePodWebsocketUpgradeCreatePermission, on by default from Kubernetes 1.35. */
export const createExec: Right = {
  verb: "create",
  resource: "pods/exec",
  why: "asked for besides get from Kubernetes 1.35 on",
};

export const patchEphemeral: Right = {
  verb: "patch",
  resource: "pods/ephemeralcontainers",
  why: "adds the toolbox to pods whose containers have no shell",
};

/** Nodes have no namespace: a ClusterRole. Where it is not given, pods themselves must say what they run on. */
export const seeNodes: readonly Right[] = [
  {
    verb: "list",
    resource: "nodes",
    why: "finds the Windows nodes, for pods that say neither spec.os nor a node selector",
  },
  {
    verb: "get",
    resource: "nodes",
    why: "tells which of an image's architectures a pod runs, which has no node selector",
  },
];

/** Whether this server wants `create` for a WebSocket exec; one whose version cannot be read is taken to. */
export function wantsCreate(serverVersion: string | undefined): boolean {
  const [, major, minor] = /^v?(\d+)\.(\d+)/.exec(serverVersion ?? "") ?? [];
  return major === undefined || Number(major) > 1 || Number(minor) >= 35;
}
