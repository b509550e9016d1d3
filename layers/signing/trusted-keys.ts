import type { PublicKey } from "#contract/signing.ts";
import { readPublicKey } from "./public-key.ts";

/** Public keys as a deployment tells them in one variable: base64 of their DER, with spaces between. */
export function readTrustedKeys(text: string | undefined): readonly PublicKey[] {
  const words = (text ?? "").split(/\s+/).filter((word) => word !== "");
  return words.map((word, index) => readPublicKey(word, `TRUSTED_KEYS[${index}]`));
}
