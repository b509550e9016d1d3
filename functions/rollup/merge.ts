import { latestKey } from "#contract/keys.ts";
import type { Outcome } from "#contract/outcome.ts";
import type { ClusterIndex, Feed, Fleet, FleetRow, IndexRow, Latest } from "#contract/published.ts";
import type { Complete, Plan, Tally } from "#contract/run.ts";
import type { Target } from "#contract/target.ts";
import type { Pinned } from "#contract/task.ts";
import { sumTallies } from "#ledger/completion.ts";

/**
 * What stands in `latest/` and `index/` after news of a scan. Every function here gives the same, whatever the order in
 * which scans are told, and however often: what decides is the time of the request, never that of the telling.
 */
type Scan = Pick<Plan, "scanId" | "requestedAt">;

/** Whether `one` was asked for before `other`; of two in the same millisecond the id decides. */
const isOlder = (one: Scan, other: Scan) =>
  one.requestedAt < other.requestedAt || (one.requestedAt === other.requestedAt && one.scanId < other.scanId);

/** An outcome that is about a container: it knows its target and profile. */
export type ContainerOutcome = Outcome & { readonly target: Target; readonly profile: Pinned };

export const isOfContainer = (outcome: Outcome): outcome is ContainerOutcome =>
  outcome.target !== null && outcome.profile !== null;

/** The pointer that one scan's outcomes for one container of a workload, all replicas, amount to. */
export function latestOf(scan: Scan, outcomes: readonly [ContainerOutcome, ...ContainerOutcome[]]): Latest {
  const [{ target, profile }] = outcomes;
  const { cluster, namespace, workload, container } = target;
  const containers = outcomes.map(({ target: { pod, podUid, imageDigest }, ...outcome }) => ({
    ...{ pod, podUid, taskId: outcome.taskId, imageDigest, outcome: outcome.outcome, reason: outcome.reason },
    ...{ message: outcome.message, counts: outcome.counts, compliance: outcome.compliance, key: outcome.key },
    finishedAt: outcome.finishedAt,
  }));
  const { scanId, requestedAt } = scan;
  return {
    ...{ schemaVersion: 1, scanId, requestedAt, cluster, namespace, workload, container, profile },
    containers: containers.toSorted((a, b) => compare(a.pod, b.pod) || compare(a.podUid, b.podUid)),
  };
}

/** The pointer of the scan that was asked for last. */
export const mergeLatest = (stored: Latest | undefined, news: Latest): Latest =>
  stored !== undefined && isOlder(news, stored) ? stored : news;

export function indexRowOf(latest: Latest): IndexRow {
  const { scanId, requestedAt, namespace, workload, container, profile, containers } = latest;
  const tally: Tally = { scanned: 0, unscannable: 0, failed: 0, reasons: {} };
  for (const { outcome, reason } of containers) {
    tally[outcome] += 1;
    if (reason !== null) tally.reasons[reason] = (tally.reasons[reason] ?? 0) + 1;
  }
  const known = containers.flatMap(({ compliance }) => (compliance === null ? [] : [compliance]));
  return {
    ...{ scanId, requestedAt, namespace, workload, container, profile: profile.name, tally },
    compliance: known.length === 0 ? null : Math.min(...known),
    latest: latestKey(latest, profile.name),
  };
}

/** Workloads come and go under made-up names; a row that no scan has touched for so long is taken out. */
const rowsLiveDays = 180;

export function mergeClusterIndex(
  stored: ClusterIndex | undefined,
  cluster: string,
  news: readonly IndexRow[],
): ClusterIndex {
  const rows = new Map((stored?.rows ?? []).map((row) => [row.latest, row]));
  for (const row of news) {
    const before = rows.get(row.latest);
    if (before === undefined || !isOlder(row, before)) rows.set(row.latest, row);
  }
  const newest = Math.max(...[...rows.values()].map(({ requestedAt }) => Date.parse(requestedAt)));
  const alive = [...rows.values()].filter(
    ({ requestedAt }) => newest - Date.parse(requestedAt) < rowsLiveDays * 86_400_000,
  );
  return { schemaVersion: 1, cluster, rows: alive.toSorted((a, b) => compare(a.latest, b.latest)) };
}

/** A cluster's line of the fleet; undefined for an index without rows. */
export function fleetRowOf({ cluster, rows }: ClusterIndex): FleetRow | undefined {
  const requestedAt = rows
    .map((row) => row.requestedAt)
    .toSorted()
    .at(-1);
  const tally = sumTallies(rows.map((row) => row.tally));
  return requestedAt === undefined ? undefined : { cluster, rows: rows.length, tally, requestedAt };
}

export function mergeFleet(stored: Fleet | undefined, cluster: string, row: FleetRow | undefined): Fleet {
  const others = (stored?.clusters ?? []).filter((each) => each.cluster !== cluster);
  const clusters = row === undefined ? others : [...others, row];
  return { schemaVersion: 1, clusters: clusters.toSorted((a, b) => compare(a.cluster, b.cluster)) };
}

const feedLength = 200;

export function mergeFeed(stored: Feed | undefined, scan: Feed["scans"][number]): Feed {
  const scans = [...(stored?.scans ?? []).filter(({ scanId }) => scanId !== scan.scanId), scan];
  const newestFirst = scans.toSorted((a, b) => compare(b.completedAt, a.completedAt) || compare(a.scanId, b.scanId));
  return { schemaVersion: 1, scans: newestFirst.slice(0, feedLength) };
}

/** Who asked for what, as events and feed tell it. */
export function about({ request, tasks }: Plan) {
  return {
    requestedBy: request.requestedBy ?? null,
    profiles: [...new Set(tasks.flatMap(({ profiles }) => profiles.map(({ name }) => name)))],
    clusters: [...new Set(request.targets.map(({ cluster }) => cluster))],
  };
}

export function feedEntryOf(plan: Plan, { completedAt, targets, tally }: Complete): Feed["scans"][number] {
  const { scanId, requestedAt } = plan;
  return { scanId, requestedAt, completedAt, ...about(plan), targets, tally };
}

const compare = (a: string, b: string) => (a < b ? -1 : a > b ? 1 : 0);
