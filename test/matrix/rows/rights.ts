import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import type { KubeObject } from "#embedded/cluster/store/objects.ts";
import { idling, plain, podOf } from "../pod.ts";
import { everyVersion, type MatrixRow } from "../row.ts";
import type { Stage } from "../stage.ts";

const pod = podOf([idling("alpine-like")]);
const reading = { apiGroups: [""], resources: ["pods"], verbs: ["get", "list", "watch"] };
const namespace = "muster";

/** A kubeconfig user who may do this and no more. */
async function whoMay({ cluster }: Stage, name: string, rules: readonly object[]) {
  const kinds: readonly KubeObject[] = [
    { apiVersion: "v1", kind: "ServiceAccount", metadata: { name, namespace } },
    { ...{ apiVersion: rbac, kind: "ClusterRole", metadata: { name } }, rules },
    {
      ...{ apiVersion: rbac, kind: "ClusterRoleBinding", metadata: { name } },
      roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name },
      subjects: [{ kind: "ServiceAccount", name, namespace }],
    },
  ];
  await cluster.apply(kinds);
  return { user: { token: cluster.token(namespace, name) } };
}

const rbac = "rbac.authorization.k8s.io/v1";
const expired = (cluster: EmbeddedCluster) => cluster.token(namespace, "scanner", -60);

/** Who asks, and what they may do. */
export const rightsRows: readonly MatrixRow[] = [
  {
    ...{ id: "expired-token", title: "Token that has expired", level: "baseline", ends: "unauthenticated", pod },
    connection: ({ cluster }) => ({ user: { token: expired(cluster) } }),
  },
  {
    ...{ id: "no-rights", title: "Account without any rights", level: "baseline", ends: "forbidden", pod },
    connection: () => ({ context: "nobody" }),
  },
  {
    ...{ id: "no-exec", title: "Role without pods/exec", level: "baseline", ends: "forbidden", pod },
    connection: (stage) => whoMay(stage, "reads-pods", [reading]),
  },
  {
    ...{ id: "exec-get-only", title: "Role with get on pods/exec and not create", level: "baseline", pod },
    ...{ versions: everyVersion, ends: { "1.27": "shell", "1.31": "shell", "1.36": "forbidden" } },
    connection: (stage) =>
      whoMay(stage, "gets-exec", [reading, { apiGroups: [""], resources: ["pods/exec"], verbs: ["get"] }]),
  },
  {
    ...{ id: "no-toolbox-right", title: "Distroless, role without pods/ephemeralcontainers", level: "privileged" },
    ...{ policy: "toolbox", ends: "forbidden", pod: podOf([plain("distroless")]) },
    connection: () => ({ context: "muster" }),
  },
];
