import type { V1Pod } from "@kubernetes/client-node";
import type { Connection } from "#cluster/connection.ts";
import { containersOf, osSaidBy } from "#cluster/containers.ts";
import { windowsNodes } from "#cluster/nodes.ts";
import { listPods, readPod } from "#cluster/pods.ts";
import { ScanError } from "#contract/errors.ts";
import { missingPodIdOf, scanTaskIdOf } from "#contract/ids.ts";
import { expectedKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { TargetEntry } from "#contract/request.ts";
import { Expected } from "#contract/run.ts";
import type { Target } from "#contract/target.ts";
import type { ExpandTask, ScanTask } from "#contract/task.ts";
import { checkCompletion } from "#ledger/completion.ts";
import { createDocument, readDocument } from "#ledger/documents.ts";
import { endMissing, markSent, unended, wasSent } from "#ledger/expectations.ts";
import { inSlices } from "#ledger/in-slices.ts";
import { firstHop } from "#ledger/tries.ts";
import { entryName } from "#ledger/unscanned.ts";
import { sweepLeftovers } from "./credential.ts";
import { podsFrom } from "./pods-from.ts";
import { queueFor, type TaskQueuePorts } from "./task-queue.ts";

export interface ExpandPorts extends TaskQueuePorts {
  readonly evidence: ObjectStore;
  readonly published: ObjectStore;
  readonly connect: (cluster: string) => Promise<Connection>;
  readonly now: () => Date;
}

const defaultMaxTargets = 10_000;
/** Named pods are read one by one, which needs no right to list; a thousand of them in a row would take minutes. */
const readsAtOnce = 16;

/**
 * Finds the containers of one target entry, writes down once what is expected, and sends a scan task for each container
 * and profile. A retry sends what is stored. An entry that matches nothing is the error `nothing-matched`.
 */
export async function expand(task: ExpandTask, ports: ExpandPorts, signal: AbortSignal): Promise<void> {
  const key = expectedKey(task.scanId, task.taskId);
  const before = await readDocument(ports.evidence, key, Expected);
  const swept = sweepLeftovers(task, () => ports.connect(task.entry.cluster), signal);
  const expected = before ?? (await lookOut(task, ports, signal));
  if (before === undefined || !(await wasSent(ports.evidence, task))) {
    await sendAll(before === undefined ? expected.tasks : await onceMore(expected, ports), ports);
    await markSent(ports.evidence, task);
  }
  await endMissing(ports.evidence, task, expected, ports.now, signal);
  await swept;
  await checkCompletion(ports.evidence, task.scanId, ports.now);
}

/** What to send once more. Its hop tells the executor that a copy of it may have been carried out already. */
async function onceMore({ scanId, tasks }: Expected, ports: ExpandPorts): Promise<readonly ScanTask[]> {
  return (await unended(ports.evidence, scanId, tasks)).map((task) => ({ ...task, hop: task.hop + 1 }));
}

/** What there is to scan, as it stands in the books from now on. */
async function lookOut(task: ExpandTask, ports: ExpandPorts, signal: AbortSignal): Promise<Expected> {
  const connection = await ports.connect(task.entry.cluster);
  const { targets, missing } = await find(task.entry, connection, ports, signal);
  const chosen = task.options.sample === "one-per-image" ? onePerImage(targets) : targets;
  if (chosen.length === 0 && missing.length === 0) {
    throw new ScanError("nothing-matched", `${entryName(task.entry)} matched no container`);
  }
  const most = task.options.maxTargets ?? defaultMaxTargets;
  if (chosen.length * task.profiles.length > most) {
    const text = `${entryName(task.entry)}: ${chosen.length} containers × ${task.profiles.length} profiles, maxTargets is ${most}`;
    throw new ScanError("too-large", `${text}; narrow the entry or raise options.maxTargets`);
  }
  const tasks = chosen.flatMap((target) => task.profiles.map((profile) => scanTask(task, target, profile)));
  const lost = missing.map((pod) => {
    return { taskId: missingPodIdOf(task.scanId, task.entry.cluster, namespaceOf(task.entry), pod), pod };
  });
  const document: Expected = {
    schemaVersion: 1,
    scanId: task.scanId,
    expandTaskId: task.taskId,
    taskIds: [...tasks, ...lost].map(({ taskId }) => taskId),
    tasks,
    ...(lost.length > 0 && { missing: lost }),
  };
  const key = expectedKey(task.scanId, task.taskId);
  return (await createDocument(ports.evidence, key, Expected, document)).stored;
}

interface Found {
  readonly targets: readonly Target[];
  /** Pods that were named and are not there. */
  readonly missing: readonly string[];
}

async function find(
  entry: TargetEntry,
  connection: Connection,
  ports: ExpandPorts,
  signal: AbortSignal,
): Promise<Found> {
  let nodes: Promise<ReadonlySet<string>> | undefined;
  const targetsIn = async (pod: V1Pod): Promise<readonly Target[]> => {
    if (osSaidBy(pod) === undefined) nodes ??= windowsNodes(connection, signal);
    return containersOf(entry.cluster, pod, entry.include ?? ["containers"], await nodes)
      .map(({ target }) => target)
      .filter(({ container }) => entry.containers === undefined || entry.containers.includes(container));
  };
  const named = entry.podsFrom === undefined ? entry.pods : await podsFrom(entry.podsFrom, ports.published);
  if (named !== undefined && entry.labelSelector === undefined) {
    // Of thousands of pods only what is scanned is kept.
    const read = async (name: string) => {
      const pod = await readPod(connection, namespaceOf(entry), name, signal);
      return pod && targetsIn(pod);
    };
    const found = await inSlices(named, read, readsAtOnce);
    return { targets: found.flatMap((each) => each ?? []), missing: named.filter((_, index) => !found[index]) };
  }
  const targets: Target[] = [];
  const wanted = named && new Set(named);
  for (const namespace of entry.namespaces ?? [undefined]) {
    for await (const pod of listPods(connection, { namespace, labelSelector: entry.labelSelector, signal })) {
      if (wanted === undefined || wanted.has(pod.metadata?.name ?? "")) targets.push(...(await targetsIn(pod)));
    }
  }
  return { targets, missing: [] };
}

/** The contract demands exactly one namespace where pods are named. */
const namespaceOf = (entry: TargetEntry) => entry.namespaces?.[0] ?? "";

/** The first container of each image, pod template and container name; one whose digest is unknown stays by itself. */
function onePerImage(targets: readonly Target[]): readonly Target[] {
  const groups = Map.groupBy(targets, ({ namespace, workload, container, imageDigest, podUid }) =>
    [namespace, workload.kind, workload.name, container, imageDigest || podUid].join("\0"),
  );
  return [...groups.values()].flatMap((group) => group.slice(0, 1));
}

function scanTask(task: ExpandTask, target: Target, profile: ScanTask["profile"]): ScanTask {
  return {
    schemaVersion: 1,
    kind: "scan",
    scanId: task.scanId,
    taskId: scanTaskIdOf(task.scanId, target, profile.digest),
    hop: firstHop({ kind: "scan" }),
    requestedAt: task.requestedAt,
    target,
    profile,
    ...(task.workerProfiles?.includes(profile.name) && { scanBy: "worker" as const }),
    ...(task.inputs && { inputs: task.inputs }),
    ...(task.waivers && { waivers: task.waivers }),
    options: task.options,
    policy: task.policy,
  };
}

async function sendAll(tasks: readonly ScanTask[], ports: ExpandPorts): Promise<void> {
  for (const group of Map.groupBy(tasks, ({ scanBy }) => scanBy).values()) {
    const [first] = group;
    if (first !== undefined) await queueFor(first, ports).send(messagesOf(group));
  }
}

/** One at a time: the bodies of ten thousand tasks need not exist together. */
function* messagesOf(tasks: readonly ScanTask[]) {
  for (const task of tasks) yield { body: JSON.stringify(task), group: task.scanId };
}
