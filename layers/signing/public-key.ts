import { createPublicKey, type KeyObject } from "node:crypto";
import { ScanError } from "#contract/errors.ts";
import { keyIdOf } from "#contract/ids.ts";
import type { PublicKey } from "#contract/signing.ts";

/** A public key out of Node's; `where` is for the error about a key of another kind. */
export function publicKeyOf(key: KeyObject, where: string): PublicKey {
  if (key.asymmetricKeyType !== "ec" || key.asymmetricKeyDetails?.namedCurve !== "prime256v1") {
    throw new ScanError(
      "bad-request",
      `${where} is not a P-256 key; make one: openssl ecparam -name prime256v1 -genkey`,
    );
  }
  const spki = key.export({ type: "spki", format: "der" });
  return { keyId: keyIdOf(spki), spki };
}

/** A public key out of text: PEM (of the private key too), or the base64 of SubjectPublicKeyInfo in DER. */
export function readPublicKey(text: string, where: string): PublicKey {
  let key: KeyObject;
  try {
    key = text.includes("-----BEGIN")
      ? createPublicKey(text)
      : createPublicKey({ key: Buffer.from(text, "base64"), type: "spki", format: "der" });
  } catch (error) {
    throw new ScanError("bad-request", `${where} is no public key: PEM, or base64 of its DER, is asked for`, {
      cause: error,
    });
  }
  return publicKeyOf(key, where);
}

/** A key as other tools read it: cosign, openssl. */
export function pemOf({ spki }: PublicKey): string {
  const key = createPublicKey({ key: Buffer.from(spki), type: "spki", format: "der" });
  return key.export({ type: "spki", format: "pem" }).toString();
}
