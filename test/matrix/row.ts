import type { ReasonCode } from "#contract/reasons.ts";
import type { ContainerKind, ScanOptions } from "#contract/request.ts";
import type { Way } from "#contract/shell.ts";
import type { KubernetesVersion } from "#embedded/cluster/versions.ts";
import type { PodParts } from "./pod.ts";
import type { PolicyName } from "./policies.ts";
import type { ProfileName } from "./profiles.ts";
import type { ConfigChange, Stage } from "./stage.ts";

/** The Kubernetes version that a row is carried out on unless it says otherwise. */
export const newest: KubernetesVersion = "1.36";
/** For rows whose way through the API is another on older versions. */
export const everyVersion: readonly KubernetesVersion[] = ["1.27", "1.31", "1.36"];

/** How a scan must end: with a report got in this way, or for this reason. */
export type End = Way | ReasonCode;

/** By what a row is shown. What this machine's runtime cannot do is scripted, and says so. */
export type Shown = "real container" | "played by the embedded API" | "protocol-tested double";

/** One kind of container, scanned by one whole request. */
export interface MatrixRow {
  /** Stays as it is once it was published: saved results and the README go by it. */
  readonly id: string;
  /** In the words of somebody who looks for their own container. */
  readonly title: string;
  /** What pod security level its namespace enforces. */
  readonly level: "privileged" | "baseline" | "restricted";
  /** What the cluster allows. Default: nothing is added to pods, as muster is delivered. */
  readonly policy?: PolicyName;
  /** Default: a real container. */
  readonly shown?: Shown;
  /** Default: the newest. */
  readonly versions?: readonly KubernetesVersion[];
  /** One end, or one for each version. */
  readonly ends: End | Readonly<Partial<Record<KubernetesVersion, End>>>;
  /** Default: container-baseline. */
  readonly profile?: ProfileName;
  readonly pod: PodParts | ((stage: Stage) => PodParts);
  /** Which container of the pod. Default: the first. */
  readonly container?: string;
  readonly include?: readonly ContainerKind[];
  readonly options?: ScanOptions;
  /** The way to the API server and who asks, where it is not the usual one. */
  readonly connection?: (stage: Stage) => Promise<ConfigChange> | ConfigChange;
  /** Brings the pod, which is there by then, into the state that the row is about. */
  readonly before?: (stage: Stage) => Promise<void> | void;
  /** Happens once, in the middle of the scan: its first stream is open and stands still from there on. */
  readonly during?: (stage: Stage) => Promise<void>;
}

/** The end that a row must have on a version. Throws when the row does not say. */
export function endOf(row: MatrixRow, version: KubernetesVersion): End {
  const end = typeof row.ends === "string" ? row.ends : row.ends[version];
  if (end === undefined) throw new Error(`row ${row.id} does not say how it ends on ${version}`);
  return end;
}
