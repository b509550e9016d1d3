import { readFileSync } from "node:fs";
import { join } from "node:path";
import { type Carried, carryOut } from "#cli/carry-out.ts";
import { profileFrom } from "#cli/profile-source.ts";
import type { Connection } from "#cluster/connection.ts";
import type { Outcome } from "#contract/outcome.ts";
import { type ClusterPolicy, strictPolicy } from "#contract/policy.ts";
import type { ScanOptions } from "#contract/request.ts";
import { Summary } from "#contract/summary.ts";
import type { ImageSource } from "#reach/image/through-image.ts";

const quiet = { say: () => undefined, hear: () => undefined, end: () => undefined };

export interface OneScan {
  readonly connect: () => Promise<Connection>;
  /** Folder of the embedded S3. */
  readonly store: string;
  readonly namespace: string;
  readonly pod: string;
  /** By name or folder. Default: container-baseline. */
  readonly profile?: string;
  readonly policy?: Partial<ClusterPolicy>;
  readonly images?: ImageSource;
  readonly options?: ScanOptions;
}

/** One pod, whole: from the request to its outcome, and the summary and results of its report if there is one. */
export async function scanOne(given: OneScan) {
  const profile = await profileFrom(given.profile ?? "container-baseline");
  const { outcomes, evidence } = await carryOut({
    request: {
      ...{ schemaVersion: 1, profile: profile.name, ...(given.options && { options: given.options }) },
      targets: [{ cluster: "muster", namespaces: [given.namespace], pods: [given.pod] }],
    },
    registrations: [profile],
    clusters: new Map([["muster", given.connect]]),
    ...{ store: given.store, policy: { ...strictPolicy, ...given.policy }, images: given.images, progress: quiet },
  });
  const [outcome] = outcomes;
  if (outcome === undefined) throw new Error("no outcome");
  return { outcome, ...reportOf(outcome, evidence) };
}

/** Status of every result, by the id of its control. */
type Results = Readonly<Record<string, readonly string[]>>;

function reportOf({ key }: Outcome, evidence: Carried["evidence"]): { summary?: Summary; results?: Results } {
  if (key === null) return {};
  const read = (name: string) => JSON.parse(readFileSync(join(evidence, key, name), "utf8"));
  const { profiles } = read("hdf.json") as {
    profiles: { controls: { id: string; results: { status: string }[] }[] }[];
  };
  const results = profiles.flatMap(({ controls }) =>
    controls.map((control) => [control.id, control.results.map(({ status }) => status)] as const),
  );
  return { summary: Summary.parse(read("summary.json")), results: Object.fromEntries(results) };
}
