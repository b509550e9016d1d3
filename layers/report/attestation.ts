import { createHash } from "node:crypto";
import type { Signer } from "#contract/signing.ts";
import { bundleType, seal } from "#signing/bundle.ts";
import { statementOf } from "#signing/statement.ts";
import { attestationName } from "./manifest.ts";
import type { Report } from "./report.ts";

/** The kind of statement that a report's attestation makes. */
export const reportType = "urn:muster:scan-report:v1";

/**
 * The report with its attestation as the last file: an in-toto Statement about every file, the manifest among them, signed.
 * The image is named inside the predicate and is no subject: a running container may have drifted from it.
 */
export async function attested(report: Report, signer: Signer): Promise<Report> {
  const { scanId, taskId, attempt, target, way, profile, inputs, waivers, counts, compliance } = report.summary;
  const { startedAt, finishedAt, auditor } = report.summary;
  const subject = report.files.map(({ name, bytes }) => {
    return { name, sha256: createHash("sha256").update(bytes).digest("hex") };
  });
  const about = { scanId, taskId, attempt, target, way, profile, inputs, waivers, auditor, startedAt, finishedAt };
  const statement = statementOf(reportType, subject, { schemaVersion: 1, ...about, counts, compliance });
  const file = { name: attestationName, bytes: await seal(statement, signer), contentType: bundleType };
  return { ...report, files: [...report.files, file] };
}
