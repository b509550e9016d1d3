import { createHash } from "node:crypto";
import { crc32 } from "node:zlib";
import { notImplemented, S3Error } from "./errors.ts";

export type ChecksumName = "crc32" | "sha1" | "sha256";

const KNOWN: readonly ChecksumName[] = ["crc32", "sha1", "sha256"];
const ABSENT = ["crc32c", "crc64nvme", "md5", "sha512", "xxhash64", "xxhash3", "xxhash128"];

/** Base64 of the checksum, as the `x-amz-checksum-*` headers carry it. */
function checksum(name: ChecksumName, bytes: Uint8Array): string {
  if (name !== "crc32") return createHash(name).update(bytes).digest("base64");
  const value = Buffer.alloc(4);
  value.writeUInt32BE(crc32(bytes));
  return value.toString("base64");
}

/**
 * Verifies every checksum that came with an upload, in headers or trailers, and returns those to keep.
 * @throws S3Error 400 `BadDigest` on a mismatch, `InvalidDigest`/`InvalidRequest` on a malformed value (S3 guide, checking-object-integrity).
 */
export function verifyChecksums(
  headers: Readonly<Record<string, string>>,
  bytes: Uint8Array,
): Partial<Record<ChecksumName, string>> {
  const kept: Partial<Record<ChecksumName, string>> = {};
  for (const absent of ABSENT) {
    if (headers[`x-amz-checksum-${absent}`] !== undefined) throw notImplemented(`checksum ${absent}`);
  }
  for (const name of KNOWN) {
    const given = headers[`x-amz-checksum-${name}`];
    if (given === undefined) continue;
    const computed = checksum(name, bytes);
    if (given.length !== computed.length || Buffer.from(given, "base64").toString("base64") !== given) {
      throw new S3Error(400, "InvalidRequest", `Value for x-amz-checksum-${name} header is invalid.`);
    }
    if (given !== computed) {
      throw new S3Error(
        400,
        "BadDigest",
        `The ${name.toUpperCase()} you specified did not match the calculated checksum.`,
      );
    }
    kept[name] = given;
  }
  verifyMd5(headers["content-md5"], bytes);
  verifySigned(headers["x-amz-content-sha256"], bytes);
  return kept;
}

function verifyMd5(given: string | undefined, bytes: Uint8Array): void {
  if (given === undefined) return;
  if (Buffer.from(given, "base64").byteLength !== 16) {
    throw new S3Error(400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
  }
  if (createHash("md5").update(bytes).digest("base64") !== given) {
    throw new S3Error(400, "BadDigest", "The Content-MD5 you specified did not match what we received.");
  }
}

/** The signed payload hash: a word such as UNSIGNED-PAYLOAD, or hex that must fit. */
function verifySigned(given: string | undefined, bytes: Uint8Array): void {
  if (given === undefined || !/^[0-9a-f]{64}$/.test(given)) return;
  if (createHash("sha256").update(bytes).digest("hex") !== given) {
    throw new S3Error(
      400,
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
}
