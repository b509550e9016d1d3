import { ScanError } from "#contract/errors.ts";
import { cancelledKey, completeKey, planKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Cancelled, Complete, Plan } from "#contract/run.ts";
import { createDocument, readDocument } from "./documents.ts";

/**
 * Cancels a scan: tasks that begin from now on end as `cancelled`, and those that run are stopped. Outcomes that are
 * written stay. `complete` when there was nothing left to cancel; `bad-request` when there is no such scan.
 */
export async function cancelScan(
  objects: ObjectStore,
  scanId: string,
  now: () => Date,
): Promise<"cancelled" | "cancelled-before" | "complete"> {
  if ((await readDocument(objects, planKey(scanId), Plan)) === undefined) {
    throw new ScanError("bad-request", `there is no scan ${scanId} with a plan; is this the evidence bucket?`);
  }
  if ((await readDocument(objects, completeKey(scanId), Complete)) !== undefined) return "complete";
  const document: Cancelled = { schemaVersion: 1, scanId, cancelledAt: now().toISOString() };
  const { created } = await createDocument(objects, cancelledKey(scanId), Cancelled, document);
  return created ? "cancelled" : "cancelled-before";
}
