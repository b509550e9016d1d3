import { createHash } from "node:crypto";
import { GetPublicKeyCommand, KMSClient, SignCommand } from "@aws-sdk/client-kms";
import { ScanError } from "#contract/errors.ts";
import { keyIdOf } from "#contract/ids.ts";
import type { PublicKey, Signer } from "#contract/signing.ts";
import { clientSettings } from "./client-settings.ts";
import { awsTrouble } from "./trouble.ts";

/** A KMS key of spec ECC_NIST_P256 as a Signer, by ARN, id or alias. Its public half is asked for once. */
export function kmsSigner(keyId: string, client: KMSClient = new KMSClient(clientSettings)): Signer {
  const trouble = (verb: string) => (error: unknown) => Promise.reject(awsTrouble(error, `KMS ${verb} ${keyId}`));
  async function ask(): Promise<PublicKey> {
    const { PublicKey: spki, KeySpec } = await client
      .send(new GetPublicKeyCommand({ KeyId: keyId }))
      .catch(trouble("GetPublicKey"));
    if (spki === undefined || KeySpec !== "ECC_NIST_P256") {
      throw new ScanError("bad-request", `${keyId} is a KMS key of spec ${KeySpec}; muster signs with ECC_NIST_P256`);
    }
    return { keyId: keyIdOf(spki), spki };
  }
  let known: Promise<PublicKey> | undefined;
  return {
    publicKey() {
      known ??= ask().catch((error: unknown) => {
        known = undefined; // a passing fault must not stick
        throw error;
      });
      return known;
    },
    async sign(message) {
      const command = new SignCommand({
        KeyId: keyId,
        Message: createHash("sha256").update(message).digest(),
        ...{ MessageType: "DIGEST", SigningAlgorithm: "ECDSA_SHA_256" },
      });
      const { Signature } = await client.send(command).catch(trouble("Sign"));
      if (Signature === undefined) throw new ScanError("internal", `KMS Sign ${keyId} answered without a signature`);
      return Signature;
    },
  };
}
