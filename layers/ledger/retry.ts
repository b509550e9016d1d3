import { createHash } from "node:crypto";
import { ScanError } from "#contract/errors.ts";
import { missingPodIdOf } from "#contract/ids.ts";
import { completeKey, planKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { Outcome } from "#contract/outcome.ts";
import { maxRequestBytes, type ScanRequest, type TargetEntry } from "#contract/request.ts";
import { Complete, Plan } from "#contract/run.ts";
import { readDocument } from "./documents.ts";
import { readOutcomes } from "./outcomes.ts";

/** Pod names that a request would not hold lie in the published bucket, named by their digest. */
export interface PodList {
  readonly key: string;
  readonly bytes: Uint8Array;
}

/** Requests for a new look at what a scan could not judge. `lists` must be stored before the requests are sent. */
export interface Retry {
  readonly requests: readonly ScanRequest[];
  readonly lists: readonly PodList[];
  /** Outcomes without a verdict. */
  readonly count: number;
}

/** So many pods stand in the request itself. */
const mostNamed = 20;
const mostEntries = 50;

/**
 * What `muster submit --retry` asks for: every target of a complete scan that has no verdict, and nothing that has one.
 * Usually one request; several where profiles differ from target to target, or 4 KB are not enough.
 */
export async function retryOf(evidence: ObjectStore, scanId: string): Promise<Retry> {
  const plan = await readDocument(evidence, planKey(scanId), Plan);
  if (plan === undefined) throw new ScanError("bad-request", `there is no scan ${scanId} with a plan`);
  if ((await readDocument(evidence, completeKey(scanId), Complete)) === undefined) {
    throw new ScanError("bad-request", `scan ${scanId} is not complete; wait for its end, or cancel it first`);
  }
  const open = (await readOutcomes(evidence, scanId)).filter(({ outcome }) => outcome !== "scanned");
  const all = typeof plan.request.profile === "string" ? [plan.request.profile] : plan.request.profile;
  const lists: PodList[] = [];
  const requests: ScanRequest[] = [];
  const add = (profiles: readonly string[], entries: readonly TargetEntry[]) => {
    const { requestId: _, ...same } = plan.request;
    const about = { ...same, profile: [...profiles] };
    for (const targets of packed(about, entries)) requests.push({ ...about, targets: [...targets] });
  };
  add(all, entriesNotSeen(plan, open));
  for (const [profiles, outcomes] of byProfiles(open)) add(profiles.split("\n"), entriesOf(outcomes, lists));
  return { requests, lists, count: open.length };
}

/** Entries whose expand task could not look, whole; and named pods that were not there. */
function entriesNotSeen({ tasks, scanId }: Plan, open: readonly Outcome[]): TargetEntry[] {
  const ids = new Set(open.map(({ taskId }) => taskId));
  return tasks.flatMap(({ taskId, entry }): TargetEntry[] => {
    if (ids.has(taskId)) return [entry];
    const [namespace = ""] = entry.namespaces ?? [];
    const pods = entry.pods?.filter((pod) => ids.has(missingPodIdOf(scanId, entry.cluster, namespace, pod))) ?? [];
    return pods.length > 0 ? [{ ...entry, pods }] : [];
  });
}

/** Containers by the profiles that they lack a verdict of: a request runs all its profiles in all its targets. */
function byProfiles(open: readonly Outcome[]): Map<string, Outcome[]> {
  const containers = Map.groupBy(
    open.filter(({ target }) => target !== null),
    ({ subject }) => subject,
  );
  const profilesOf = ({ subject }: Outcome) =>
    [...new Set((containers.get(subject) ?? []).flatMap(({ profile }) => profile?.name ?? []))].sort().join("\n");
  const firsts = [...containers.values()].flatMap(([first]) => (first === undefined ? [] : [first]));
  return Map.groupBy(firsts, profilesOf);
}

function entriesOf(outcomes: readonly Outcome[], lists: PodList[]): TargetEntry[] {
  const groups = Map.groupBy(
    outcomes.flatMap(({ target }) => target ?? []),
    ({ cluster, namespace, container }) => [cluster, namespace, container].join("/"),
  );
  return [...groups.values()].flatMap((targets): TargetEntry[] => {
    const [first] = targets;
    if (first === undefined) return [];
    const { cluster, namespace, container } = first;
    const pods = [...new Set(targets.map(({ pod }) => pod))].sort();
    const include: TargetEntry["include"] = ["containers", "initContainers", "ephemeralContainers"];
    const about = { cluster, namespaces: [namespace], containers: [container], include };
    return [{ ...about, ...(pods.length > mostNamed ? { podsFrom: listOf(pods, lists) } : { pods }) }];
  });
}

function listOf(pods: readonly string[], lists: PodList[]) {
  const bytes = new TextEncoder().encode(`${JSON.stringify(pods)}\n`);
  const sha256 = createHash("sha256").update(bytes).digest("hex");
  const key = `requests/v1/pods/${sha256}.json`;
  lists.push({ key, bytes });
  return { key, sha256 };
}

/** Entries in as few requests as their size allows. */
function packed(about: Omit<ScanRequest, "targets">, entries: readonly TargetEntry[]): TargetEntry[][] {
  const packs: TargetEntry[][] = [];
  for (const entry of entries) {
    const last = packs.at(-1);
    const size = Buffer.byteLength(JSON.stringify({ ...about, targets: [...(last ?? []), entry] }));
    if (last !== undefined && last.length < mostEntries && size <= maxRequestBytes) last.push(entry);
    else packs.push([entry]);
  }
  return packs;
}
