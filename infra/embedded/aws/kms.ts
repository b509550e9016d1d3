import { createPrivateKey, createPublicKey, generateKeyPairSync, type KeyObject } from "node:crypto";
import { uuid } from "./ids.ts";
import { signDigest } from "./sign-digest.ts";
import { readBody, type WireRequest, type WireResponse } from "./wire.ts";

/** Asymmetric keys of this process: real ones of Node's. */
export interface Kms {
  /** Makes a P-256 signing key, or takes the one in a PEM file's text; gives its ARN. */
  create(pem?: string): string;
  answer(operation: string, request: WireRequest, requestId: string): Promise<WireResponse>;
}

interface Input {
  readonly KeyId?: string;
  readonly Message?: string;
  readonly MessageType?: string;
  readonly SigningAlgorithm?: string;
}

/** Sign and GetPublicKey of ECC_NIST_P256 keys (KMS API reference); what muster never sends is refused. */
export function kms({ region, account, random }: { region: string; account: string; random: () => number }): Kms {
  const keys = new Map<string, KeyObject>();
  const algorithms = { SigningAlgorithm: "ECDSA_SHA_256" };

  function carryOut(operation: string, input: Input): readonly [number, object] {
    const { KeyId = "" } = input;
    const key = keys.get(KeyId);
    if (key === undefined) return refused("NotFoundException", `Key '${KeyId}' does not exist`);
    if (operation === "GetPublicKey") {
      const spki = createPublicKey(key).export({ type: "spki", format: "der" }).toString("base64");
      const kind = { KeySpec: "ECC_NIST_P256", KeyUsage: "SIGN_VERIFY", SigningAlgorithms: ["ECDSA_SHA_256"] };
      return [200, { KeyId, PublicKey: spki, ...kind }];
    }
    if (operation !== "Sign") return refused("UnknownOperationException", operation);
    const { Message = "", MessageType = "RAW", SigningAlgorithm } = input;
    if (SigningAlgorithm !== algorithms.SigningAlgorithm) {
      return refused("InvalidKeyUsageException", `Algorithm ${SigningAlgorithm} is not supported by the key.`);
    }
    const message = Buffer.from(Message, "base64");
    if (MessageType !== "DIGEST") return refused("UnsupportedOperationException", "only digests are signed here");
    if (message.length !== 32)
      return refused("ValidationException", "Digest is invalid length for algorithm ECDSA_SHA_256");
    return [200, { KeyId, Signature: signDigest(message, key).toString("base64"), ...algorithms }];
  }

  return {
    create(pem) {
      const key =
        pem === undefined ? generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey : createPrivateKey(pem);
      const arn = `arn:aws:kms:${region}:${account}:key/${uuid(random)}`;
      keys.set(arn, key);
      return arn;
    },
    async answer(operation, request, requestId) {
      const input = JSON.parse(Buffer.from(await readBody(request.body)).toString("utf8")) as Input; // checked above
      const [statusCode, output] = carryOut(operation, input);
      const headers = { "content-type": "application/x-amz-json-1.1", "x-amzn-requestid": requestId };
      return { statusCode, headers, body: Buffer.from(JSON.stringify(output), "utf8") };
    },
  };
}

const refused = (__type: string, message: string) => [400, { __type, message }] as const;
