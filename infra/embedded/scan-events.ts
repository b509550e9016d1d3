import type { ProgressEvent } from "#audit/job.ts";
import { completeKey, rejectedKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Outcome } from "#contract/outcome.ts";
import { Complete, Expected, Rejected } from "#contract/run.ts";
import type { ScanTask } from "#contract/task.ts";
import { readDocument } from "#ledger/documents.ts";
import type { EmbeddedCloud } from "./aws/cloud.ts";

/** What somebody who watches a scan wants to hear. */
export type ScanEvent =
  | { readonly kind: "expected"; readonly expected: Expected }
  | { readonly kind: "control"; readonly task: ScanTask; readonly progress: ProgressEvent }
  | { readonly kind: "outcome"; readonly outcome: Outcome };

/** How a scan ended. */
export type Finished =
  | { readonly kind: "complete"; readonly complete: Complete }
  | { readonly kind: "rejected"; readonly rejected: Rejected };

/** Tells of every expectation and outcome that reaches the evidence bucket. The returned function ends that. */
export function onScanEvents(
  cloud: EmbeddedCloud,
  evidence: ObjectStore,
  tell: (event: ScanEvent) => void,
): () => void {
  return cloud.onObjectCreated("evidence", async ({ detail: { object } }) => {
    if (/^runs\/v1\/[0-9a-f]+\/expected\//.test(object.key)) {
      const expected = await readDocument(evidence, object.key, Expected);
      if (expected !== undefined) tell({ kind: "expected", expected });
    } else if (/^runs\/v1\/[0-9a-f]+\/outcomes\//.test(object.key)) {
      const outcome = await readDocument(evidence, object.key, Outcome);
      if (outcome !== undefined) tell({ kind: "outcome", outcome });
    }
  });
}

/** Waits for a scan's `complete.json` or `rejected.json`, by S3's own event. */
export async function finished(
  cloud: EmbeddedCloud,
  evidence: ObjectStore,
  scanId: string,
  signal?: AbortSignal,
): Promise<Finished> {
  const look = async (): Promise<Finished | undefined> => {
    const complete = await readDocument(evidence, completeKey(scanId), Complete);
    if (complete !== undefined) return { kind: "complete", complete };
    const rejected = await readDocument(evidence, rejectedKey(scanId), Rejected);
    return rejected === undefined ? undefined : { kind: "rejected", rejected };
  };
  const { promise, resolve, reject } = Promise.withResolvers<Finished>();
  const answer = () => look().then((end) => end && resolve(end), reject);
  const forget = cloud.onObjectCreated("evidence", async ({ detail: { object } }) => {
    if (object.key === completeKey(scanId) || object.key === rejectedKey(scanId)) await answer();
  });
  const stop = () => reject(signal?.reason);
  signal?.addEventListener("abort", stop, { once: true });
  void answer(); // it may have ended before anybody listened
  try {
    return await promise;
  } finally {
    signal?.removeEventListener("abort", stop);
    forget();
  }
}
