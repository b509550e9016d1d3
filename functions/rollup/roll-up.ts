import type { Events } from "#aws/events.ts";
import { ScanError } from "#contract/errors.ts";
import type { MusterEvent } from "#contract/events.ts";
import { clusterIndexKey, completeKey, feedKey, fleetKey, latestKey, planKey, rejectedKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Outcome } from "#contract/outcome.ts";
import { ClusterIndex, Feed, Fleet, Latest } from "#contract/published.ts";
import { Complete, Plan, Rejected } from "#contract/run.ts";
import { readDocument } from "#ledger/documents.ts";
import { inSlices } from "#ledger/in-slices.ts";
import { readOutcomes } from "#ledger/outcomes.ts";
import {
  about,
  feedEntryOf,
  fleetRowOf,
  indexRowOf,
  isOfContainer,
  latestOf,
  mergeClusterIndex,
  mergeFeed,
  mergeFleet,
  mergeLatest,
} from "./merge.ts";
import { update } from "./pointers.ts";

export interface RollUpPorts {
  readonly evidence: ObjectStore;
  readonly published: ObjectStore;
  readonly events: Events;
}

/**
 * Turns one new object of `runs/v1/` into what the world is told: an event on the bus and, when the scan is complete,
 * `latest/` and `index/` before it. Told twice, it does the same again. Gives the event; undefined for other objects.
 */
export async function rollUp(key: string, ports: RollUpPorts): Promise<MusterEvent | undefined> {
  const [, scanId, what] = /^runs\/v1\/([0-9a-f]{32})\/(plan|rejected|complete|outcomes)[./]/.exec(key) ?? [];
  if (scanId === undefined || what === undefined) return undefined;
  const event = await tellers[what as keyof typeof tellers](scanId, key, ports); // the pattern knows no other word
  await ports.events.put(event);
  return event;
}

type Tell = (scanId: string, key: string, ports: RollUpPorts) => Promise<MusterEvent>;

const tellers: Readonly<Record<"plan" | "rejected" | "complete" | "outcomes", Tell>> = {
  async plan(scanId, _key, { evidence }) {
    const plan = await planOf(evidence, scanId);
    const data = { requestedAt: plan.requestedAt, ...about(plan) };
    return { detailType: "Scan Requested", detail: { metadata: metadataOf(plan), data } };
  },
  async rejected(scanId, _key, { evidence }) {
    const { requestedAt, reason, faults } = await there(evidence, rejectedKey(scanId), Rejected);
    const metadata = { schemaVersion: 1 as const, scanId, correlationId: scanId }; // a request that cannot be read
    return { detailType: "Scan Failed", detail: { metadata, data: { requestedAt, reason, faults } } };
  },
  async outcomes(scanId, key, { evidence }) {
    const { schemaVersion: _, scanId: __, ...data } = await there(evidence, key, Outcome);
    const metadata = metadataOf(await planOf(evidence, scanId));
    return { detailType: "Scan Task Finished", detail: { metadata, data } };
  },
  async complete(scanId, _key, ports) {
    const complete = await there(ports.evidence, completeKey(scanId), Complete);
    const plan = await planOf(ports.evidence, scanId);
    await publishPointers(plan, complete, ports);
    const { requestedAt, completedAt, targets, tally } = complete;
    const data = { requestedAt, completedAt, targets, tally, ...about(plan) };
    return { detailType: "Scan Completed", detail: { metadata: metadataOf(plan), data } };
  },
};

async function publishPointers(plan: Plan, complete: Complete, { evidence, published }: RollUpPorts): Promise<void> {
  const outcomes = (await readOutcomes(evidence, plan.scanId)).filter(isOfContainer);
  const groups = Map.groupBy(outcomes, ({ target, profile }) => latestKey(target, profile.name));
  const pointers = [...groups].flatMap(([key, [first, ...rest]]) =>
    first === undefined ? [] : [{ key, news: latestOf(plan, [first, ...rest]) }],
  );
  const rows = await inSlices(pointers, async ({ key, news }) => {
    const stands = await update(published, key, Latest, (stored) => mergeLatest(stored, news));
    return { cluster: stands.cluster, row: indexRowOf(stands) };
  });
  for (const [cluster, news] of Map.groupBy(rows, (each) => each.cluster)) {
    const key = clusterIndexKey(cluster);
    const merge = (stored: ClusterIndex | undefined) =>
      mergeClusterIndex(
        stored,
        cluster,
        news.map(({ row }) => row),
      );
    await update(published, key, ClusterIndex, merge);
    await update(published, fleetKey, Fleet, async (stored) => {
      // Read after the fleet was: whoever changes the index later writes the fleet later too.
      const index = await there(published, key, ClusterIndex);
      return mergeFleet(stored, cluster, fleetRowOf(index));
    });
  }
  await update(published, feedKey, Feed, (stored) => mergeFeed(stored, feedEntryOf(plan, complete)));
}

const planOf = (evidence: ObjectStore, scanId: string) => there(evidence, planKey(scanId), Plan);

/** A document that must be there, since an event or an earlier write says so. */
async function there<T>(objects: ObjectStore, key: string, schema: Parameters<typeof readDocument<T>>[2]): Promise<T> {
  const document = await readDocument(objects, key, schema);
  if (document === undefined) throw new ScanError("internal", `${key} was announced and is not there`);
  return document;
}

function metadataOf({ scanId, request }: Plan) {
  return { schemaVersion: 1 as const, scanId, correlationId: request.requestId ?? scanId };
}
