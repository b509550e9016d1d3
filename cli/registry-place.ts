import { resolve } from "node:path";
import type { Command } from "commander";
import type { Remote } from "#aws/remote.ts";
import { ScanError } from "#contract/errors.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { Signer, Verifier } from "#contract/signing.ts";
import { openStore } from "#embedded/store.ts";
import { storeSigner } from "#signing/key-file.ts";
import { trusting } from "#signing/trust.ts";
import { remoteFrom } from "./remote-from.ts";
import { publicKeyFrom, signerFrom } from "./signing-keys.ts";
import { writableFolder } from "./writable-folder.ts";

/** Flags that say where the registry is. */
export interface PlaceFlags {
  readonly store: string;
  readonly bucket?: string;
  readonly key?: string;
  readonly endpoint?: string;
  readonly region?: string;
  readonly json?: true;
}

/** Adds those flags to a verb. */
export function withPlace(verb: Command): Command {
  return verb
    .option("--store <folder>", "folder that scans use as --out", "muster-reports")
    .option("--bucket <name>", "instead of a folder: the published bucket of a deployment")
    .option("--key <file or KMS key>", "signing key: a PEM file, or ARN or alias in KMS (default: the store's own)")
    .option("--endpoint <url>", "instead of AWS")
    .option("--region <name>", "AWS region (default: as the AWS SDK finds it, as are credentials)")
    .option("--json", "one JSON document on stdout");
}

/** A registry that is open. */
export interface RegistryPlace {
  readonly published: ObjectStore;
  /** Signs what is registered; throws when no key was named that can. */
  readonly signer: () => Signer;
  /** Believes the key that was named or the store's own; undefined when nobody said which to believe. */
  readonly verifier: () => Promise<Verifier | undefined>;
  close(): void;
}

export async function openRegistry(flags: PlaceFlags): Promise<RegistryPlace> {
  let connected: Remote | undefined;
  const aws = () => {
    connected ??= remoteFrom(flags);
    return connected;
  };
  const { key, bucket } = flags;
  const store = resolve(flags.store);
  const local = bucket === undefined ? await openFolder(flags.store) : undefined;
  return {
    published: local?.published ?? aws().bucket(bucket ?? ""),
    signer() {
      if (key !== undefined) return signerFrom(key, aws);
      if (bucket === undefined) return storeSigner(store);
      throw new ScanError(
        "bad-request",
        "--bucket needs --key: executors of a deployment believe only keys that it names",
      );
    },
    async verifier() {
      if (key !== undefined) return trusting([await publicKeyFrom(key, aws)]);
      return bucket === undefined ? trusting([storeSigner(store)]) : undefined;
    },
    close() {
      local?.close();
      connected?.close();
    },
  };
}

async function openFolder(given: string) {
  return openStore(writableFolder("--store", given));
}
