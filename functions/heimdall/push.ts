import { ScanError } from "#contract/errors.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Outcome } from "#contract/outcome.ts";
import { readDocument } from "#ledger/documents.ts";
import type { HeimdallServer } from "./server.ts";

export interface PushPorts {
  readonly evidence: ObjectStore;
  readonly heimdall: HeimdallServer;
  /** Tags beside cluster, namespace and profile. */
  readonly tags: readonly string[];
}

/** No report of a container is larger; the function holds it whole. */
const mostBytes = 64 * 1024 * 1024;

/**
 * Hands the report that an outcome names to Heimdall: `hdf.json` as it is. The outcome tells which attempt counts, so litter
 * of attempts that died is never shown. Gives the name there; undefined where there is no report to hand on.
 */
export async function push(key: string, { evidence, heimdall, tags }: PushPorts): Promise<string | undefined> {
  if (!/^runs\/v1\/[0-9a-f]{32}\/outcomes\//.test(key)) return undefined;
  const outcome = await readDocument(evidence, key, Outcome);
  if (outcome?.outcome !== "scanned" || outcome.key === null || outcome.target === null) return undefined;
  const found = await evidence.read(`${outcome.key}/hdf.json`, mostBytes);
  if (found === undefined) throw new ScanError("internal", `${outcome.key}/hdf.json is missing; its outcome names it`);
  const { cluster, namespace, pod, container } = outcome.target;
  const profile = outcome.profile?.name ?? "";
  // Told twice it lies there twice, under the same name: whoever looks sees one scan.
  const filename = `${[cluster, namespace, pod, container, profile].join("_")}_${outcome.taskId.slice(0, 16)}.json`;
  await heimdall.upload({ filename, hdf: found.bytes, tags: ["muster", cluster, namespace, profile, ...tags] });
  return filename;
}
