import * as z from "zod";
import { Counts, severities } from "./finding.ts";
import { HexId, UtcTime } from "./names.ts";
import { ways } from "./shell.ts";
import { Target } from "./target.ts";
import { Pinned } from "./task.ts";

const count = z.number().int().min(0);

/** What the scan cost on its way: the counters of `summary.json.transport`. */
export const Transport = z.strictObject({
  /** Commands that the auditor asked for, after its own cache. */
  commands: count,
  /** Commands that were sent before the auditor asked for them. */
  sentAhead: count,
  /** Of the commands asked, those that had been sent ahead. */
  hit: count,
  /** Sent ahead and never asked for. */
  wasted: count,
  /** Times that the auditor waited for the network. */
  blockingRoundTrips: count,
  /** Runs of the profile that only found out what it asks, where nothing was remembered. */
  rehearsals: count,
  /** Exec streams opened: the session, a second lane, kills and reconnections. */
  execStreams: count,
  /** Times that a command waited because too much of what was sent before it was unanswered. */
  stalls: count,
  bytesIn: count,
  bytesOut: count,
  /** Milliseconds between the start and the end of the commands, as seen from here. */
  inTargetMs: count,
  auditorCpuMs: count,
  wallMs: count,
});
export type Transport = z.infer<typeof Transport>;

/** Summary/1: identity, way, counts and cost of one scan, a few kilobytes. */
export const Summary = z.strictObject({
  schemaVersion: z.literal(1),
  scanId: HexId,
  taskId: HexId,
  attempt: z.string(),
  target: Target,
  serverVersion: z.string(),
  way: z.enum(ways),
  /** Why this way was taken, in sentences; empty for the plain shell. */
  wayReasons: z.array(z.string()),
  /** Programs that the container lacks and that answered from a toolbox. */
  borrowed: z.array(z.string()),
  profile: Pinned.extend({ version: z.string(), title: z.string() }),
  inputs: Pinned.nullable(),
  waivers: Pinned.nullable(),
  platform: z.strictObject({ name: z.string(), release: z.string() }),
  auditor: z.strictObject({
    name: z.string(),
    version: z.string(),
    /** True when the profile asked for a newer auditor and the request allowed this one. */
    older: z.boolean(),
    /** 0 all passed, 100 something failed, 101 something skipped and nothing failed. */
    exitCode: z.number().int(),
  }),
  /** There when `virtualization` was made to say that this is a container, which changes what profiles check. */
  presentedAsContainer: z.boolean().optional(),
  /** There when profiles were given what the cluster says of the container, as the input `muster_container`. */
  containerFacts: z.boolean().optional(),
  /** Whether attestation.sigstore.json lies beside; false, or not there in older reports, when nobody signed this one. */
  signed: z.boolean().optional(),
  startedAt: UtcTime,
  finishedAt: UtcTime,
  counts: Counts,
  countsBySeverity: z.record(z.enum(severities), Counts),
  compliance: z.number().min(0).max(100).nullable(),
  /** The same ratio as `saf validate threshold` rounds it: an integer, 0 when nothing counts. */
  safCompliance: z.number().int().min(0).max(100),
  transport: Transport,
});
export type Summary = z.infer<typeof Summary>;
