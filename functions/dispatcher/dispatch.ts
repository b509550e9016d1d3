import type { Queue } from "#aws/queue.ts";
import { ScanError } from "#contract/errors.ts";
import { type Fault, faultsOf } from "#contract/faults.ts";
import { expandTaskIdOf, scanIdOf } from "#contract/ids.ts";
import { planKey, rejectedKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { type ClusterPolicy, policyFor, strictPolicy } from "#contract/policy.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import { maxRequestBytes, ScanRequest } from "#contract/request.ts";
import { Plan, Rejected } from "#contract/run.ts";
import type { ExpandTask, Pinned } from "#contract/task.ts";
import { createDocument, readDocument } from "#ledger/documents.ts";
import { resolveName } from "#ledger/registry.ts";

export interface DispatchPorts {
  /** Evidence: plans and rejections. */
  readonly evidence: ObjectStore;
  /** Published: what profile, input and waiver names mean today. */
  readonly published: ObjectStore;
  /** The task queue of a cluster; undefined when there is no such cluster. */
  readonly taskQueue: (cluster: string) => Queue | undefined;
  /** What the owner of a cluster allows. Default: nothing beyond looking through shells. */
  readonly policy?: (cluster: string) => ClusterPolicy;
  /** Profiles whose scans of a cluster are left to `muster worker`. Default: none. */
  readonly workerProfiles?: (cluster: string) => readonly string[];
}

/** A request as it lies on the queue. `sentAt` is the queue's own time stamp, equal on every delivery. */
export interface RequestMessage {
  readonly id: string;
  readonly body: string;
  readonly sentAt: Date;
}

/** What a request became. */
export interface Dispatched {
  readonly scanId: string;
  readonly outcome: "planned" | "rejected";
  readonly faults: readonly Fault[];
}

/**
 * Turns one request into a plan and its expand tasks. A second delivery sends the tasks of the plan that stands; a bad
 * request becomes `rejected.json` and is done with.
 */
export async function dispatch(message: RequestMessage, ports: DispatchPorts): Promise<Dispatched> {
  const read = readRequest(message);
  const stored = await readDocument(ports.evidence, planKey(read.scanId), Plan);
  if (stored !== undefined) return send(stored, ports);
  if ("faults" in read) return reject(read.scanId, message, "bad-request", read.faults, ports);
  const resolved = await resolve(read.request, ports);
  if (resolved.faults.length > 0) return reject(read.scanId, message, resolved.reason, resolved.faults, ports);
  const plan = planOf(read.scanId, message, read.request, resolved, ports);
  return send((await createDocument(ports.evidence, planKey(plan.scanId), Plan, plan)).stored, ports);
}

type Read = { scanId: string; request: ScanRequest } | { scanId: string; faults: readonly Fault[] };

function readRequest(message: RequestMessage): Read {
  const whole = (text: string): Read => ({
    scanId: scanIdOf({}, message.id),
    faults: [{ field: "(the whole document)", message: text }],
  });
  const bytes = Buffer.byteLength(message.body);
  if (bytes > maxRequestBytes) return whole(`is ${bytes} bytes; a request may have ${maxRequestBytes}`);
  let value: unknown;
  try {
    value = JSON.parse(message.body);
  } catch {
    return whole("is not JSON");
  }
  const parsed = ScanRequest.safeParse(value);
  if (parsed.success) return { scanId: scanIdOf(parsed.data, message.id), request: parsed.data };
  const id = ScanRequest.shape.requestId.safeParse((value as { requestId?: unknown } | null)?.requestId);
  return { scanId: scanIdOf({ requestId: id.data }, message.id), faults: faultsOf(parsed.error) };
}

interface Resolved {
  readonly profiles: readonly Pinned[];
  readonly inputs: Pinned | undefined;
  readonly waivers: Pinned | undefined;
  readonly faults: readonly Fault[];
  readonly reason: ReasonCode;
}

/** Pins every name of the request to what it means now, and names every one that means nothing. */
async function resolve(request: ScanRequest, ports: DispatchPorts): Promise<Resolved> {
  const faults: Fault[] = [];
  let reason: ReasonCode = "bad-request";
  for (const [index, { cluster }] of request.targets.entries()) {
    if (ports.taskQueue(cluster) !== undefined) continue;
    faults.push({ field: `targets[${index}].cluster`, message: `no cluster "${cluster}" is registered` });
    reason = "cluster-unknown";
  }
  const names = typeof request.profile === "string" ? [request.profile] : request.profile;
  const profiles: Pinned[] = [];
  for (const name of names) {
    const pinned = await resolveName(ports.published, "profiles", name);
    if (pinned !== undefined) profiles.push(pinned);
    else {
      faults.push({ field: "profile", message: `no profile "${name}" is registered` });
      if (reason === "bad-request") reason = "profile-unknown";
    }
  }
  const pin = async (kind: "inputs" | "waivers" | "thresholds", field: "inputs" | "waivers" | "threshold") => {
    const name = request.options?.[field];
    if (name === undefined) return undefined;
    const pinned = await resolveName(ports.published, kind, name);
    if (pinned === undefined)
      faults.push({ field: `options.${field}`, message: `no ${kind} "${name}" are registered` });
    return pinned;
  };
  const inputs = await pin("inputs", "inputs");
  const waivers = await pin("waivers", "waivers");
  await pin("thresholds", "threshold");
  return { profiles, inputs, waivers, faults, reason };
}

function planOf(
  scanId: string,
  message: RequestMessage,
  request: ScanRequest,
  resolved: Resolved,
  { policy = () => strictPolicy, workerProfiles = () => [] }: DispatchPorts,
): Plan {
  const requestedAt = message.sentAt.toISOString();
  const ofWorker = (cluster: string) =>
    resolved.profiles.map(({ name }) => name).filter((name) => workerProfiles(cluster).includes(name));
  const tasks = request.targets.map(
    (entry, index): ExpandTask => ({
      schemaVersion: 1,
      kind: "expand",
      scanId,
      taskId: expandTaskIdOf(scanId, index),
      hop: 0,
      requestedAt,
      entry,
      profiles: [...resolved.profiles],
      ...(ofWorker(entry.cluster).length > 0 && { workerProfiles: ofWorker(entry.cluster) }),
      ...(resolved.inputs && { inputs: resolved.inputs }),
      ...(resolved.waivers && { waivers: resolved.waivers }),
      options: request.options ?? {},
      policy: policyFor(policy(entry.cluster), request.options?.toolbox),
    }),
  );
  return { schemaVersion: 1, scanId, requestedAt, request, tasks };
}

async function send(plan: Plan, ports: DispatchPorts): Promise<Dispatched> {
  for (const task of plan.tasks) {
    const queue = ports.taskQueue(task.entry.cluster);
    if (queue === undefined) {
      throw new ScanError("cluster-unknown", `the plan names cluster "${task.entry.cluster}", which is gone`);
    }
    await queue.send([{ body: JSON.stringify(task), group: task.scanId }]);
  }
  return { scanId: plan.scanId, outcome: "planned", faults: [] };
}

async function reject(
  scanId: string,
  message: RequestMessage,
  reason: ReasonCode,
  faults: readonly Fault[],
  ports: DispatchPorts,
): Promise<Dispatched> {
  const rejected: Rejected = {
    schemaVersion: 1,
    scanId,
    requestedAt: message.sentAt.toISOString(),
    reason,
    faults: [...faults],
  };
  await createDocument(ports.evidence, rejectedKey(scanId), Rejected, rejected);
  return { scanId, outcome: "rejected", faults };
}
