import { createPublicKey, verify } from "node:crypto";
import type { PublicKey, Signer, Verifier } from "#contract/signing.ts";

/**
 * Believes these keys, and no others. A signer stands for its own key, which is asked for with the first check: a key
 * service that does not answer is that check's error, and never a signature that does not hold.
 */
export function trusting(keys: readonly (PublicKey | Signer)[]): Verifier {
  return {
    async check(message, { keyId, signature }) {
      const known = await Promise.all(keys.map((key) => ("spki" in key ? key : key.publicKey())));
      const named = known.find((key) => key.keyId === keyId);
      if (named === undefined) return "unknown-key";
      const key = createPublicKey({ key: Buffer.from(named.spki), type: "spki", format: "der" });
      return verify("sha256", message, { key, dsaEncoding: "der" }, signature) ? "valid" : "wrong";
    },
  };
}
