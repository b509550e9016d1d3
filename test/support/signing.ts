import { createPublicKey, generateKeyPairSync, sign } from "node:crypto";
import type { Signer } from "#contract/signing.ts";
import { publicKeyOf } from "#signing/public-key.ts";

/** A signer with a key of its own that lives in memory. */
export function memorySigner(): Signer {
  const { privateKey } = generateKeyPairSync("ec", { namedCurve: "P-256" });
  const publicKey = publicKeyOf(createPublicKey(privateKey), "the test's key");
  return {
    publicKey: async () => publicKey,
    sign: async (message) => sign("sha256", message, { key: privateKey, dsaEncoding: "der" }),
  };
}
