import * as z from "zod";

/** A control's status, by the rules of HDF readers (inspecjs, Heimdall, SAF). */
export const controlStatuses = ["passed", "failed", "not_applicable", "not_reviewed", "error"] as const;
export type ControlStatus = (typeof controlStatuses)[number];

export const severities = ["none", "low", "medium", "high", "critical"] as const;
export type Severity = (typeof severities)[number];

/** What a waiver did: nothing, took the control out of the scan, accepted its result, or is over. */
const waiverStates = ["none", "not_run", "accepted", "expired"] as const;
export type WaiverState = (typeof waiverStates)[number];

const count = z.number().int().min(0);

/** How many controls ended in which status. */
export const Counts = z.strictObject({
  passed: count,
  failed: count,
  not_applicable: count,
  not_reviewed: count,
  error: count,
});
export type Counts = z.infer<typeof Counts>;

/** One control of one scan as a flat row: the schema of findings.ndjson.gz and of the analytics tables. */
export const Finding = z.strictObject({
  schema_version: z.literal(1),
  scan_id: z.string(),
  task_id: z.string(),
  cluster: z.string(),
  namespace: z.string(),
  workload_kind: z.string(),
  workload: z.string(),
  pod: z.string(),
  container: z.string(),
  image: z.string(),
  image_digest: z.string(),
  /** When the scan ended. */
  scanned_at: z.string(),
  /** The name under which the profile is registered, and the digest that it meant. */
  profile: z.string(),
  profile_version: z.string(),
  profile_sha256: z.string(),
  control_id: z.string(),
  title: z.string(),
  impact: z.number(),
  severity: z.enum(severities),
  status: z.enum(controlStatuses),
  status_reason: z.string(),
  /** Not run because of a waiver. */
  waived: z.boolean(),
  waiver: z.enum(waiverStates),
  waiver_justification: z.string(),
  waiver_expires: z.string(),
  attested: z.boolean(),
  nist: z.array(z.string()),
  cci: z.array(z.string()),
  stig_id: z.string(),
  results_total: count,
  results_failed: count,
  run_time_s: z.number(),
  /** At most 1,024 characters. */
  message: z.string(),
  /** SHA-256 over cluster, namespace, workload kind and name, container, profile and control: equal from scan to scan. */
  finding_id: z.string(),
  platform: z.string(),
  platform_release: z.string(),
  /** Key of the report's page. */
  report_key: z.string(),
});
export type Finding = z.infer<typeof Finding>;
