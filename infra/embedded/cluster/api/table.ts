import type { IncomingMessage } from "node:http";
import type { KubeObject, Pod } from "../store/objects.ts";
import type { Resource } from "../store/resources.ts";

interface Column {
  readonly name: string;
  readonly cell: (object: KubeObject, nowMs: number) => string | number;
  /** 0 is always shown, 1 only with `-o wide`. */
  readonly priority?: number;
}

/** Whether the client would rather have rows than objects (kubectl get): Accept `application/json;as=Table;…`. */
export function wantsTable(request: IncomingMessage): boolean {
  return (request.headers.accept ?? "").split(",")[0]?.includes("as=Table") === true;
}

/** A meta.k8s.io/v1 Table with one row an object. */
export function tableOf(resource: Resource, objects: readonly KubeObject[], metadata: object, nowMs: number): object {
  const columns = resource.kind === "Pod" ? POD_COLUMNS : (COLUMNS[resource.kind] ?? [NAME, AGE]);
  return {
    ...{ kind: "Table", apiVersion: "meta.k8s.io/v1", metadata },
    columnDefinitions: columns.map(({ name, priority = 0 }) => ({
      ...{ name, type: "string", format: name === "Name" ? "name" : "", description: name, priority },
    })),
    rows: objects.map((object) => ({
      cells: columns.map((column) => column.cell(object, nowMs)),
      object: { kind: "PartialObjectMetadata", apiVersion: "meta.k8s.io/v1", metadata: object.metadata },
    })),
  };
}

const NAME: Column = { name: "Name", cell: (object) => object.metadata.name };
const AGE: Column = { name: "Age", cell: (object, nowMs) => ageOf(object.metadata.creationTimestamp, nowMs) };

const section = (object: KubeObject, name: string, field: string): unknown => {
  const part = object[name];
  return typeof part === "object" && part !== null ? Reflect.get(part, field) : undefined;
};

const COLUMNS: Readonly<Record<string, readonly Column[]>> = {
  Namespace: [NAME, { name: "Status", cell: () => "Active" }, AGE],
  Node: [
    NAME,
    { name: "Status", cell: () => "Ready" },
    { name: "Roles", cell: () => "<none>" },
    AGE,
    {
      name: "Version",
      cell: (object) => String(Reflect.get(Object(section(object, "status", "nodeInfo")), "kubeletVersion")),
    },
  ],
  Deployment: [
    NAME,
    {
      name: "Ready",
      cell: (object) =>
        `${section(object, "status", "readyReplicas") ?? 0}/${section(object, "spec", "replicas") ?? 1}`,
    },
    AGE,
  ],
};

/** The stored pod's own type: everything under the resource `pods` was validated as one. */
const pod = (read: (pod: Pod) => string | number) => (object: KubeObject) => read(object as Pod);

const POD_COLUMNS: readonly Column[] = [
  NAME,
  {
    name: "Ready",
    cell: pod((pod) => {
      const statuses = pod.status.containerStatuses ?? [];
      return `${statuses.filter((status) => status.ready).length}/${pod.spec.containers.length}`;
    }),
  },
  { name: "Status", cell: pod(reasonOf) },
  {
    name: "Restarts",
    cell: pod((pod) =>
      String((pod.status.containerStatuses ?? []).reduce((sum, status) => sum + status.restartCount, 0)),
    ),
  },
  AGE,
  { name: "IP", cell: pod((pod) => pod.status.podIP ?? "<none>"), priority: 1 },
  { name: "Node", cell: pod((pod) => pod.spec.nodeName ?? "<none>"), priority: 1 },
  { name: "Nominated Node", cell: () => "<none>", priority: 1 },
  { name: "Readiness Gates", cell: () => "<none>", priority: 1 },
];

/** The STATUS column: a container's reason where there is one, else the phase (printers/internalversion printPod). */
function reasonOf(pod: Pod): string {
  if (pod.metadata.deletionTimestamp !== undefined) return "Terminating";
  for (const { state } of pod.status.containerStatuses ?? []) {
    const reason = state.waiting?.reason ?? state.terminated?.reason;
    if (reason !== undefined) return reason;
  }
  return pod.status.phase;
}

/** Short ages as kubectl prints them: 5s, 3m, 2h, 4d. */
function ageOf(created: string | undefined, nowMs: number): string {
  if (created === undefined) return "<unknown>";
  const seconds = Math.max(0, Math.floor((nowMs - Date.parse(created)) / 1000));
  if (seconds < 120) return `${seconds}s`;
  if (seconds < 7_200) return `${Math.floor(seconds / 60)}m`;
  return seconds < 172_800 ? `${Math.floor(seconds / 3_600)}h` : `${Math.floor(seconds / 86_400)}d`;
}
