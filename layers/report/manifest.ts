import { createHash } from "node:crypto";
import type { Summary } from "#contract/summary.ts";
import { canonicalJson } from "./canonical-json.ts";

/** The file beside the manifest that says who wrote the report. */
export const attestationName = "attestation.sigstore.json";

/** A file of a report as it is stored. */
export interface ReportFile {
  readonly name: string;
  readonly bytes: Uint8Array;
  readonly contentType: string;
  readonly contentEncoding?: string;
}

/**
 * `manifest.json`: which scan this is, and every file by its size and SHA-256. Canonical JSON, so that equal reports have
 * equal manifests, byte for byte.
 */
export function manifestFile(files: readonly ReportFile[], summary: Summary, folder: string): ReportFile {
  const { scanId, taskId, attempt, target, way, profile, inputs, waivers, auditor, signed, startedAt, finishedAt } =
    summary;
  const manifest = canonicalJson({
    schemaVersion: 1,
    scanId,
    taskId,
    attempt,
    folder,
    target,
    way,
    profile,
    inputs,
    waivers,
    auditor,
    attestation: signed ? attestationName : null,
    startedAt,
    finishedAt,
    files: files.map(({ name, bytes, contentType, contentEncoding }) => ({
      name,
      bytes: bytes.length,
      sha256: createHash("sha256").update(bytes).digest("hex"),
      contentType,
      contentEncoding,
    })),
  });
  return { name: "manifest.json", bytes: new TextEncoder().encode(manifest), contentType: "application/json" };
}
