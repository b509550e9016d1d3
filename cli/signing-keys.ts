import { existsSync, readFileSync } from "node:fs";
import type { Remote } from "#aws/remote.ts";
import { ScanError } from "#contract/errors.ts";
import type { PublicKey, Signer } from "#contract/signing.ts";
import { fileSigner } from "#signing/key-file.ts";
import { readPublicKey } from "#signing/public-key.ts";

/** An ARN or alias of KMS; anything else is a file. */
const isKms = (key: string) => /^(arn:[a-z-]+:kms:|alias\/)/.test(key);

/** The key to sign with that a flag names: a file with a private key in PEM, or a key of KMS. */
export function signerFrom(key: string, aws: () => Remote): Signer {
  return isKms(key) ? aws().signer(key) : fileSigner(key);
}

/** The key to believe that a flag names: a file with a public (or private) key in PEM, or a key of KMS. */
export async function publicKeyFrom(key: string, aws: () => Remote): Promise<PublicKey> {
  if (isKms(key)) return aws().signer(key).publicKey();
  if (!existsSync(key)) throw new ScanError("bad-request", `--key: there is no ${key}; name a PEM file or a KMS key`);
  return readPublicKey(readFileSync(key, "utf8"), key);
}
