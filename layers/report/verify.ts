import { createHash } from "node:crypto";
import { faultsAsText, faultsOf } from "#contract/faults.ts";
import { Manifest } from "#contract/manifest.ts";
import type { Verifier } from "#contract/signing.ts";
import { open } from "#signing/bundle.ts";
import { reportType } from "./attestation.ts";
import { attestationName } from "./manifest.ts";

/**
 * What became of a report: `verified`, nothing was changed and a trusted key says so; `not-signed`, nothing was changed as
 * far as the manifest tells, and nobody says who wrote it; `broken`, something is wrong with it.
 */
export interface Verified {
  readonly state: "verified" | "not-signed" | "broken";
  /** Everything that is wrong, a sentence each. */
  readonly faults: readonly string[];
  /** Undefined when there is no manifest that can be read. */
  readonly manifest?: Manifest;
  /** The key that signed, when the signature holds. */
  readonly keyId?: string;
}

/** Checks the files of one folder against their manifest, and the manifest and every file against the attestation. */
export async function verifyReport(files: ReadonlyMap<string, Uint8Array>, verifier: Verifier): Promise<Verified> {
  const bytes = files.get("manifest.json");
  if (bytes === undefined)
    return broken("manifest.json is missing: the report was never finished, or it was taken away");
  const parsed = Manifest.safeParse(parseJson(bytes));
  if (!parsed.success) return broken(`manifest.json cannot be read: ${faultsAsText(faultsOf(parsed.error))}`);
  const manifest = parsed.data;
  const own = againstManifest(files, manifest);
  const attestation = files.get(attestationName);
  if (attestation === undefined) {
    const stripped = manifest.attestation
      ? [`${attestationName} is missing, and the manifest says that there is one`]
      : [];
    const faults = [...own, ...stripped];
    return { state: faults.length === 0 ? "not-signed" : "broken", faults, manifest };
  }
  const opened = await open(attestation, verifier);
  if ("fault" in opened) return broken(`the signature in ${attestationName} ${opened.fault}`, own, manifest);
  const { statement, keyId } = opened;
  if (statement.predicateType !== reportType) {
    return broken(`${attestationName} is over a ${statement.predicateType}, and not over a report`, own, manifest);
  }
  const faults = [...own, ...againstStatement(files, statement.subject)];
  return { state: faults.length === 0 ? "verified" : "broken", faults, manifest, keyId };
}

const broken = (fault: string, others: readonly string[] = [], manifest?: Manifest): Verified => {
  return { state: "broken", faults: [...others, fault], ...(manifest && { manifest }) };
};

function againstManifest(files: ReadonlyMap<string, Uint8Array>, manifest: Manifest): readonly string[] {
  const faults: string[] = [];
  const listed = new Set(manifest.files.map(({ name }) => name));
  if (listed.size !== manifest.files.length) faults.push("manifest.json names a file twice");
  for (const { name, bytes, sha256 } of manifest.files) {
    const found = files.get(name);
    if (found === undefined) faults.push(`${name} is missing`);
    else if (found.length !== bytes) faults.push(`${name} has ${found.length} bytes; the manifest says ${bytes}`);
    else if (sha256Of(found) !== sha256) faults.push(`${name} was changed: it does not have the manifest's SHA-256`);
  }
  for (const name of files.keys()) {
    if (listed.has(name) || name === "manifest.json" || name === attestationName) continue;
    faults.push(`${name} is no file of this report: the manifest does not name it`);
  }
  return faults;
}

/** The signature covers the manifest; that it covers the other files too is said file by file, as cosign reads it. */
function againstStatement(
  files: ReadonlyMap<string, Uint8Array>,
  subject: readonly { readonly name: string; readonly digest: { readonly sha256: string } }[],
): readonly string[] {
  const signed = new Map(subject.map(({ name, digest }) => [name, digest.sha256]));
  return [...files].flatMap(([name, bytes]) => {
    if (name === attestationName || signed.get(name) === sha256Of(bytes)) return [];
    return [`${name} is not what was signed`];
  });
}

const sha256Of = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");

function parseJson(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(new TextDecoder().decode(bytes));
  } catch {
    return undefined;
  }
}
