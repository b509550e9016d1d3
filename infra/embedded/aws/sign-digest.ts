import { createECDH, type KeyObject } from "node:crypto";

/** Order of P-256's base point (FIPS 186-5, section 3.2.1.3 of SP 800-186). */
const order = 0xffffffff00000000ffffffffffffffffbce6faada7179e84f3b9cac2fc632551n;

/** ECDSA of a digest that is made already (FIPS 186-5, 6.4.1), which node:crypto does not offer; DER, as KMS answers. */
export function signDigest(digest: Uint8Array, key: KeyObject): Buffer {
  const { d = "" } = key.export({ format: "jwk" });
  const secret = numberOf(Buffer.from(d, "base64url"));
  for (;;) {
    const once = createECDH("prime256v1");
    const point = once.generateKeys(); // 04, then x and y
    const r = numberOf(point.subarray(1, 33)) % order;
    const s = (inverse(numberOf(once.getPrivateKey())) * ((numberOf(digest) + r * secret) % order)) % order;
    if (r !== 0n && s !== 0n)
      return Buffer.concat([Buffer.from([0x30, integer(r).length + integer(s).length]), integer(r), integer(s)]);
  }
}

const numberOf = (bytes: Uint8Array) => BigInt(`0x${Buffer.from(bytes).toString("hex")}`);

/** By Fermat: the order is a prime. */
function inverse(value: bigint): bigint {
  let result = 1n;
  let base = value % order;
  for (let power = order - 2n; power > 0n; power >>= 1n) {
    if (power & 1n) result = (result * base) % order;
    base = (base * base) % order;
  }
  return result;
}

/** A DER INTEGER: as short as it goes, and never with its first bit set. */
function integer(value: bigint): Buffer {
  const hex = value.toString(16);
  const bytes = Buffer.from(hex.length % 2 === 0 ? hex : `0${hex}`, "hex");
  const padded = (bytes[0] ?? 0) >= 0x80 ? Buffer.concat([Buffer.from([0]), bytes]) : bytes;
  return Buffer.concat([Buffer.from([0x02, padded.length]), padded]);
}
