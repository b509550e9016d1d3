import { existsSync, readdirSync, readFileSync, statSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import type { Remote } from "#aws/remote.ts";
import { ScanError } from "#contract/errors.ts";
import type { PublicKey } from "#contract/signing.ts";
import { targetName } from "#contract/target.ts";
import { type Verified, verifyReport } from "#report/verify.ts";
import { fileSigner, storeKeyFile } from "#signing/key-file.ts";
import { trusting } from "#signing/trust.ts";
import { orExplain } from "../failure.ts";
import { remoteFrom } from "../remote-from.ts";
import { publicKeyFrom } from "../signing-keys.ts";

interface Flags {
  readonly key?: readonly string[];
  readonly endpoint?: string;
  readonly region?: string;
  readonly json?: true;
}

const many = (value: string, before: readonly string[] = []) => [...before, value];

/** `muster report verify`: whether reports are what was written, and whose key says so. */
export function reportVerifyCommand(): Command {
  return new Command("verify")
    .description(
      "check every file of reports against manifest and signature; 0 all hold, 1 one is broken, 2 not signed",
    )
    .argument("<place...>", "folder of a report, or any folder above")
    .option("--key <file or KMS key>", "key to believe, a PEM file or a key of KMS; may be given more than once", many)
    .option("--endpoint <url>", "instead of AWS")
    .option("--region <name>", "AWS region (default: as the AWS SDK finds it)")
    .option("--json", "one JSON document on stdout")
    .action((places: readonly string[], flags: Flags) =>
      orExplain(flags.json ?? false, () => verifyPlaces(places, flags)),
    );
}

interface Line extends Verified {
  readonly folder: string;
}

async function verifyPlaces(places: readonly string[], flags: Flags): Promise<number> {
  const folders = places.flatMap(reportsIn);
  const verifier = trusting(await keysFor(folders, flags));
  const lines: Line[] = [];
  for (const folder of folders) {
    const verified = await verifyReport(filesIn(folder), verifier);
    lines.push({ folder, ...elsewhere(folder, verified) });
  }
  process.stdout.write(flags.json ? `${JSON.stringify({ reports: lines.map(asJson) })}\n` : lines.map(asText).join(""));
  if (lines.some(({ state }) => state === "broken")) return 1;
  return lines.every(({ state }) => state === "verified") ? 0 : 2;
}

/** A folder with any file that only reports have: one that lost its manifest must not be passed over. */
function reportsIn(place: string): readonly string[] {
  const path = resolve(place);
  if (!existsSync(path) || !statSync(path).isDirectory()) {
    throw new ScanError("bad-request", `there is no folder ${place}; name the folder of a report`);
  }
  const telling = /(^|\/)(manifest\.json|hdf\.json|attestation\.sigstore\.json)$/;
  const found = readdirSync(path, { recursive: true, encoding: "utf8" }).filter((name) => telling.test(name));
  if (found.length === 0) throw new ScanError("bad-request", `${place} holds no report: no manifest.json, no hdf.json`);
  return [...new Set(found.map((name) => dirname(join(path, name))))].sort();
}

function filesIn(folder: string): ReadonlyMap<string, Uint8Array> {
  const entries = readdirSync(folder, { withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(entries.map(({ name }) => [name, readFileSync(join(folder, name))]));
}

/** A report that holds, but lies where another scan's belongs, was put there by somebody. */
function elsewhere(folder: string, verified: Verified): Verified {
  const at = folder.lastIndexOf("/scans/v1/");
  const { manifest } = verified;
  if (at < 0 || manifest === undefined || folder.slice(at + 1) === manifest.folder) return verified;
  return { ...verified, state: "broken", faults: [...verified.faults, `this is the report of ${manifest.folder}`] };
}

/** The keys that were named; else those of the stores that the reports lie in. */
async function keysFor(folders: readonly string[], flags: Flags): Promise<readonly PublicKey[]> {
  let aws: Remote | undefined;
  const connect = () => (aws ??= remoteFrom(flags));
  try {
    if (flags.key !== undefined) return await Promise.all(flags.key.map((key) => publicKeyFrom(key, connect)));
  } finally {
    aws?.close();
  }
  const files = new Set(folders.flatMap(storeKeyAbove));
  if (files.size === 0) {
    throw new ScanError("bad-request", "no store's key lies above the reports; name the key to believe with --key");
  }
  return Promise.all([...files].map((file) => fileSigner(file).publicKey()));
}

function storeKeyAbove(folder: string): readonly string[] {
  for (let path = folder; ; path = dirname(path)) {
    if (existsSync(storeKeyFile(path))) return [storeKeyFile(path)];
    if (dirname(path) === path) return [];
  }
}

const inWords = { verified: "verified", "not-signed": "not signed", broken: "BROKEN" } as const;

function asText({ folder, state, faults, manifest, keyId }: Line): string {
  const about =
    manifest === undefined
      ? ""
      : `  ${targetName(manifest.target)} · ${manifest.profile.name} · ${manifest.finishedAt} · scan ${manifest.scanId}\n`;
  const by = keyId === undefined ? "" : `  signed by key ${keyId}\n`;
  const unsigned = state === "not-signed" ? "  the files agree with the manifest, and nothing says who wrote it\n" : "";
  return `${folder}: ${inWords[state]}\n${about}${by}${unsigned}${faults.map((fault) => `  ${fault}\n`).join("")}`;
}

function asJson({ folder, state, faults, manifest, keyId }: Line): object {
  const { target = null, scanId = null, taskId = null, profile = null, finishedAt = null } = manifest ?? {};
  return { folder, state, faults, keyId: keyId ?? null, target, scanId, taskId, profile, finishedAt };
}
