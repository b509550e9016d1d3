import type { Way } from "#contract/shell.ts";
import type { Summary, Transport } from "#contract/summary.ts";
import type { Target } from "#contract/target.ts";
import type { Pinned } from "#contract/task.ts";

/** What is known of a scan beside the auditor's report. Times are UTC, RFC 3339. */
export interface ReportContext {
  readonly scanId: string;
  readonly taskId: string;
  readonly attempt: string;
  /** Key of the attempt's folder, without a slash at its end. */
  readonly folder: string;
  readonly target: Target;
  /** Of the Kubernetes API server. */
  readonly serverVersion: string;
  readonly way: Way;
  /** Why this way was taken, in sentences; empty for the plain shell. */
  readonly wayReasons: readonly string[];
  /** Programs that the container lacks and that answered from a toolbox. */
  readonly borrowed: readonly string[];
  readonly profile: Pinned;
  readonly inputs: Pinned | null;
  readonly waivers: Pinned | null;
  readonly auditor: Summary["auditor"];
  readonly presentedAsContainer?: boolean;
  readonly containerFacts?: boolean;
  /** Whether the report gets an attestation. */
  readonly signed: boolean;
  readonly startedAt: string;
  readonly finishedAt: string;
  readonly transport: Transport;
}
