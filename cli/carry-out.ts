import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "#cluster/connection.ts";
import { ScanError } from "#contract/errors.ts";
import { faultsAsText, faultsOf } from "#contract/faults.ts";
import type { Outcome } from "#contract/outcome.ts";
import type { ClusterPolicy } from "#contract/policy.ts";
import { ScanRequest } from "#contract/request.ts";
import { startLocal } from "#embedded/run.ts";
import { readOutcomes } from "#ledger/outcomes.ts";
import type { Registration } from "#ledger/registry.ts";
import type { ImageSource } from "#reach/image/through-image.ts";
import type { Progress } from "./progress.ts";
import { writableFolder } from "./writable-folder.ts";

export interface Errand {
  readonly request: ScanRequest;
  readonly registrations: readonly Registration[];
  readonly clusters: ReadonlyMap<string, () => Promise<Connection>>;
  /** Folder of the embedded S3. */
  readonly store: string;
  readonly concurrency?: number | undefined;
  /** What is allowed in these clusters. Default: to look through shells, and nothing more. */
  readonly policy?: ClusterPolicy | undefined;
  /** Where images of containers are to be had that cannot be entered. Default: nowhere. */
  readonly images?: ImageSource | undefined;
  readonly progress: Progress;
  readonly signal?: AbortSignal;
}

export interface Carried {
  readonly scanId: string;
  readonly outcomes: readonly Outcome[];
  /** Folder in which an outcome's `key` is a folder. */
  readonly evidence: string;
}

/** Sends one request down the whole path on this machine, and waits for its end. */
export async function carryOut(errand: Errand): Promise<Carried> {
  const checked = ScanRequest.safeParse(errand.request);
  if (!checked.success) throw new ScanError("bad-request", faultsAsText(faultsOf(checked.error)));
  writableFolder("--out", errand.store);
  const workDir = mkdtempSync(join(tmpdir(), "muster-")); // short: Unix socket paths have 107 bytes
  const muster = await startLocal({
    store: errand.store,
    workDir,
    clusters: errand.clusters,
    ...(errand.concurrency === undefined ? {} : { maximumConcurrency: errand.concurrency }),
    ...(errand.policy && { policy: errand.policy }),
    ...(errand.images && { images: errand.images }),
    onEvent: errand.progress.hear,
  });
  try {
    for (const registration of errand.registrations) await muster.register(registration);
    const scanId = await muster.submit(JSON.stringify(errand.request));
    const end = await muster.finished(scanId, errand.signal);
    if (end.kind === "rejected") throw new ScanError(end.rejected.reason, faultsAsText(end.rejected.faults));
    return { scanId, outcomes: await readOutcomes(muster.evidence, scanId), evidence: muster.evidenceFolder };
  } finally {
    await muster.stop();
    errand.progress.end();
    rmSync(workDir, { recursive: true, force: true });
  }
}
