import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Connection } from "#cluster/connection.ts";
import type { Outcome } from "#contract/outcome.ts";
import { strictPolicy } from "#contract/policy.ts";
import type { ScanRequest } from "#contract/request.ts";
import { Summary } from "#contract/summary.ts";
import { type LocalMuster, startLocal } from "#embedded/run.ts";
import { readOutcomes } from "#ledger/outcomes.ts";
import { type PolicyName, policies } from "./policies.ts";
import { profiles } from "./profiles.ts";

const longestScanMs = 120_000;

/** A cluster as muster knows it: a name, a way to it, and what it allows. */
export interface KnownCluster {
  readonly name: string;
  readonly policy: PolicyName;
  readonly connect: () => Connection;
}

export interface Scanning {
  /** Carries out a request with one target, and gives its outcome and, where there is one, its report's summary. */
  readonly scan: (request: ScanRequest, policy: PolicyName) => Promise<Scanned>;
  readonly stop: () => Promise<void>;
}

export interface Scanned {
  readonly outcome: Outcome;
  readonly summary: Summary | undefined;
}

/**
 * The whole path on this machine (dispatcher, executor, auditor, report), for these clusters. It is there twice: where images
 * are at hand is told to all clusters of one.
 */
export async function startScanning(clusters: readonly KnownCluster[], image: string): Promise<Scanning> {
  const folder = mkdtempSync(join(tmpdir(), "mx-")); // short: Unix socket paths have 107 bytes
  const registrations = await profiles();
  const musters = new Map<boolean, LocalMuster>();
  for (const [withImages, own] of Map.groupBy(clusters, ({ policy }) => policy === "images")) {
    const names = new Map(own.map(({ name, policy }) => [name, policies[policy].policy]));
    const muster = await startLocal({
      store: join(folder, `s${musters.size}`),
      workDir: join(folder, `w${musters.size}`),
      clusters: new Map(own.map(({ name, connect }) => [name, async () => connect()])),
      policy: (cluster) => names.get(cluster) ?? strictPolicy,
      ...(withImages && { images: { kind: "file", path: image } }),
    });
    for (const registration of registrations) await muster.register(registration);
    musters.set(withImages, muster);
  }
  return {
    async scan(request, policy) {
      const muster = musters.get(policy === "images");
      if (muster === undefined) throw new Error(`no cluster was given policy ${policy}`);
      const scanId = await muster.submit(JSON.stringify(request));
      const end = await muster.finished(scanId, AbortSignal.timeout(longestScanMs));
      if (end.kind === "rejected") throw new Error(`the request was rejected: ${JSON.stringify(end.rejected.faults)}`);
      const outcomes = await readOutcomes(muster.evidence, scanId);
      const [outcome] = outcomes;
      if (outcome === undefined || outcomes.length > 1) throw new Error(`${outcomes.length} outcomes of one target`);
      return { outcome, summary: summaryIn(muster, outcome) };
    },
    async stop() {
      for (const muster of musters.values()) await muster.stop();
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

function summaryIn({ evidenceFolder }: LocalMuster, { key }: Outcome): Summary | undefined {
  if (key === null) return undefined;
  return Summary.parse(JSON.parse(readFileSync(join(evidenceFolder, key, "summary.json"), "utf8")));
}
