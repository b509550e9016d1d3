import type { Shell } from "#contract/shell.ts";
import type { AnswerCounters, Answers } from "./answers.ts";

/** A control has ended: its last check is done. `status` is InSpec's own word for the worst of its checks. */
export interface ProgressEvent {
  readonly control: string;
  readonly status: "passed" | "failed" | "skipped";
  readonly done: number;
  /** Controls that have at least one check. */
  readonly total?: number;
}

/** One profile to run against one container. */
export interface AuditJob {
  /** May still be opening: the auditor loads the profile meanwhile. Not closed by the audit. */
  readonly shell: Shell | Promise<Shell>;
  /** What is known of the target already, and what to send ahead. Without it each command is sent when it is asked. */
  readonly answers?: Answers;
  /** Every question is waited for, so that the first run is the scan. Default: as soon as answers are given ahead, no. */
  readonly patient?: boolean;
  /** Path of an unpacked profile folder, or of a .tar.gz. Only read. */
  readonly profile: string;
  /** What the report calls the target. */
  readonly identity: { readonly uri: string; readonly uniqueId: string };
  /** Of the container. Where it is known, what only the other one could answer is not asked. */
  readonly os?: "linux" | "windows";
  /** Values beside those of `inputFile`, in JSON's types. */
  readonly inputs?: Readonly<Record<string, unknown>>;
  /** Path of an input file, read as `inspec exec --input-file` reads it: .yaml or .yml. */
  readonly inputFile?: string;
  /** Path of a waiver file: .yaml, .yml, .json or .csv. */
  readonly waivers?: string;
  /** Stamped at the report's root by the auditor's own JSON reporter. */
  readonly passthrough?: Readonly<Record<string, unknown>>;
  /** Run although the profile's `inspec_version` asks for a newer auditor. */
  readonly olderAuditor: boolean;
  /** InSpec's `virtualization` then says what it says where /.dockerenv exists. */
  readonly presentAsContainer: boolean;
  /** From now, for everything. */
  readonly deadlineMs: number;
  readonly signal?: AbortSignal;
  readonly onProgress?: (event: ProgressEvent) => void;
}

/** What an audit cost. */
export interface AuditCounters extends AnswerCounters {
  /** Runs of the profile that only found out what it asks. */
  readonly rehearsals: number;
  readonly auditorCpuMs: number;
  readonly wallMs: number;
}

/** CPU of the auditor's child, in ms: until it reads the profile, loads it, runs it, and writes the report. */
export interface PhasesMs {
  readonly start: number;
  readonly load: number;
  readonly run: number;
  readonly report: number;
}

/** A report and how it came about. */
export interface Audited {
  /** The auditor's JSON, byte for byte. */
  readonly hdf: Uint8Array;
  /** 0 all passed, 100 something failed, 101 something skipped and nothing failed. */
  readonly exitCode: 0 | 100 | 101;
  /** True when `olderAuditor` made the difference. */
  readonly older: boolean;
  readonly counters: AuditCounters;
  readonly phases?: PhasesMs;
}
