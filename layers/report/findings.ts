import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import type { Finding } from "#contract/finding.ts";
import type { Target } from "#contract/target.ts";
import type { ReportContext } from "./context.ts";
import type { Hdf } from "./hdf.ts";
import type { Judged } from "./judged.ts";
import { cut, messageOf } from "./message.ts";

const messageLimit = 1024;

/** One row a control. */
export function findingsOf(judged: readonly Judged[], hdf: Hdf, context: ReportContext): readonly Finding[] {
  const { target, profile } = context;
  return judged.map((one) => ({
    schema_version: 1,
    scan_id: context.scanId,
    task_id: context.taskId,
    cluster: target.cluster,
    namespace: target.namespace,
    workload_kind: target.workload.kind,
    workload: target.workload.name,
    pod: target.pod,
    container: target.container,
    image: target.image,
    image_digest: target.imageDigest,
    scanned_at: context.finishedAt,
    profile: profile.name,
    profile_version: hdf.profile.version,
    profile_sha256: profile.digest,
    ...aboutControl(one),
    finding_id: findingId(target, profile.name, one.control.id),
    platform: hdf.platform.name,
    platform_release: hdf.platform.release,
    report_key: `${context.folder}/report.html`,
  }));
}

function aboutControl(judged: Judged) {
  const { control, status } = judged;
  return {
    control_id: control.id,
    title: control.title,
    impact: control.impact,
    severity: judged.severity,
    status,
    status_reason: judged.reason,
    waived: control.waiver?.skipped ?? false,
    waiver: judged.waiver,
    waiver_justification: control.waiver?.justification ?? "",
    waiver_expires: control.waiver?.expires ?? "",
    attested: control.attested,
    nist: [...control.nist],
    cci: [...control.cci],
    stig_id: control.stigId,
    results_total: control.results.length,
    results_failed: control.results.filter((result) => result.status === "failed").length,
    run_time_s: Math.round(control.results.reduce((sum, { runTimeS }) => sum + runTimeS, 0) * 1e6) / 1e6,
    message: cut(messageOf(judged), messageLimit),
  };
}

/** The same control of the same workload's container keeps this id from scan to scan, whatever the pod is called. */
export function findingId(target: Target, profile: string, controlId: string): string {
  const { cluster, namespace, workload, container } = target;
  // Only the last part is not a name that muster or Kubernetes checked, so NUL cannot blur two lists of parts.
  const parts = [cluster, namespace, workload.kind, workload.name, container, profile, controlId];
  return createHash("sha256").update(parts.join("\0")).digest("hex");
}

/** Rows as newline-delimited JSON under gzip; equal rows give equal bytes. */
export function findingsFile(findings: readonly Finding[]): Uint8Array {
  const lines = findings.map((finding) => `${JSON.stringify(finding)}\n`);
  const bytes = gzipSync(lines.join(""), { level: 9 });
  // RFC 1952: byte 9 names the operating system of the writer; 255 is "unknown". The time is 0 already.
  bytes[9] = 255;
  return bytes;
}
