import { createHash } from "node:crypto";
import { hexId } from "../ids.ts";
import { readBody, type WireRequest } from "../wire.ts";
import { decodeAwsChunked } from "./aws-chunked.ts";
import type { Operation, S3Call } from "./call.ts";
import { verifyChecksums } from "./checksums.ts";
import { accessDenied, noSuchKey, notImplemented, preconditionFailed, S3Error } from "./errors.ts";
import type { KeyState, Version } from "./journal.ts";

const KEPT_HEADERS = ["cache-control", "content-disposition", "content-language", "expires"];
const REFUSED_HEADERS =
  /^x-amz-(acl|grant-.*|object-lock-.*|copy-source.*|write-offset-bytes|website-redirect-location)$/;

/**
 * PutObject with the conditional writes of S3 (S3 guide, conditional-writes): `If-None-Match: *` and `If-Match`, of which
 * exactly one racing writer wins. Content is verified against every checksum that came with it before anything is kept.
 */
export const putObject: Operation = async (call) => {
  const { bucket, request } = call;
  checkRequest(call);
  const { version, bytes } = await describe(call);
  const kept = await commit(call, version, bytes);
  call.notifications.created(bucket.name, kept);
  const checksums = Object.entries(kept.checksums).map(([name, value]) => [`x-amz-checksum-${name}`, value]);
  return {
    statusCode: 200,
    headers: {
      etag: kept.etag,
      ...(bucket.versioned ? { "x-amz-version-id": kept.versionId } : {}),
      ...Object.fromEntries(checksums),
      ...(checksums.length > 0 ? { "x-amz-checksum-type": "FULL_OBJECT" } : {}),
      ...encryption(request),
    },
    body: new Uint8Array(),
  };
};

function checkRequest({ bucket, key, request }: S3Call): void {
  const refused = Object.keys(request.headers).find((name) => REFUSED_HEADERS.test(name));
  if (refused !== undefined) throw notImplemented(`header ${refused}`);
  if (Buffer.byteLength(key) > 1_024) throw new S3Error(400, "KeyTooLongError", "Your key is too long");
  if (key.includes("\0")) throw new S3Error(400, "InvalidURI", "Couldn't parse the specified URI.");
  const ifNoneMatch = request.headers["if-none-match"];
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") throw notImplemented("If-None-Match with an ETag on a write");
  if (bucket.createOnly && ifNoneMatch !== "*") throw accessDenied();
  if (bucket.conditional && ifNoneMatch === undefined && request.headers["if-match"] === undefined)
    throw accessDenied();
}

/** Reads and verifies the upload. */
async function describe({
  bucket,
  key,
  clock,
  random,
  request,
}: S3Call): Promise<{ version: Version; bytes: Uint8Array }> {
  const raw = await readBody(request.body);
  const encodings = (request.headers["content-encoding"] ?? "").split(",").map((part) => part.trim());
  const chunked =
    encodings.includes("aws-chunked") || /^STREAMING-/.test(request.headers["x-amz-content-sha256"] ?? "");
  const { bytes, trailers } = chunked ? decodeAwsChunked(raw) : { bytes: raw, trailers: {} };
  const promised = request.headers["x-amz-decoded-content-length"] ?? request.headers["content-length"];
  if (promised !== undefined && Number(promised) !== bytes.byteLength) {
    throw new S3Error(
      400,
      "IncompleteBody",
      "You did not provide the number of bytes specified by the Content-Length HTTP header",
    );
  }
  const checksums = verifyChecksums({ ...request.headers, ...trailers }, bytes);
  const encoding = encodings.filter((part) => part !== "" && part !== "aws-chunked").join(",");
  const headers: Record<string, string> = encoding === "" ? {} : { "content-encoding": encoding };
  for (const name of KEPT_HEADERS) {
    const value = request.headers[name];
    if (value !== undefined) headers[name] = value;
  }
  const version: Version = {
    key,
    versionId: bucket.versioned ? hexId(random, 32) : "null",
    modifiedAt: clock.now(),
    deleteMarker: false,
    etag: `"${createHash("md5").update(bytes).digest("hex")}"`,
    sizeBytes: bytes.byteLength,
    blob: "",
    contentType: request.headers["content-type"] ?? "binary/octet-stream",
    headers: { ...headers, ...encryption(request) },
    metadata: userMetadata(request),
    tagging: request.headers["x-amz-tagging"] ?? "",
    checksums,
  };
  return { version, bytes };
}

function userMetadata(request: WireRequest): Record<string, string> {
  const metadata: Record<string, string> = {};
  let sizeBytes = 0;
  for (const [name, value] of Object.entries(request.headers)) {
    if (!name.startsWith("x-amz-meta-")) continue;
    metadata[name.slice("x-amz-meta-".length)] = value;
    sizeBytes += Buffer.byteLength(name) - "x-amz-meta-".length + Buffer.byteLength(value);
  }
  if (sizeBytes > 2_048) {
    throw new S3Error(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size");
  }
  return metadata;
}

/** Encryption is not done, but what was asked for is answered and kept. */
function encryption(request: WireRequest): Record<string, string> {
  const asked = Object.entries(request.headers).filter(([name]) => name.startsWith("x-amz-server-side-encryption"));
  return Object.fromEntries(asked);
}

/** Writes the content, then the entry that makes it the object; starts over when another writer came between. */
async function commit({ bucket, key, request }: S3Call, version: Version, bytes: Uint8Array): Promise<Version> {
  const { journal } = bucket;
  // Before the content is written: most writers that lose have lost already.
  checkConditions(await journal.read(key), request);
  const stored = { ...version, blob: await journal.blobs.put(bytes) };
  for (;;) {
    const state = await journal.read(key);
    try {
      checkConditions(state, request);
    } catch (error) {
      await journal.blobs.drop(stored.blob);
      throw error;
    }
    if (!(await journal.append(state, { kind: "added", version: stored }))) continue;
    const replaced = state.versions.find(({ versionId }) => versionId === version.versionId);
    if (replaced !== undefined && replaced.blob !== "") await journal.blobs.drop(replaced.blob);
    return stored;
  }
}

function checkConditions(state: KeyState, request: WireRequest): void {
  const newest = state.versions[0];
  const present = newest !== undefined && !newest.deleteMarker;
  if (request.headers["if-none-match"] === "*" && present) throw preconditionFailed();
  const ifMatch = request.headers["if-match"];
  if (ifMatch === undefined) return;
  if (!present) throw noSuchKey();
  if (ifMatch.replaceAll('"', "") !== newest.etag.replaceAll('"', "")) throw preconditionFailed();
}
