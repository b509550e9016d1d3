import { queryValue, type WireResponse } from "../wire.ts";
import { byteRange } from "./byte-range.ts";
import type { Operation, S3Call } from "./call.ts";
import { noSuchKey, preconditionFailed, S3Error } from "./errors.ts";
import type { Version } from "./journal.ts";

/** GetObject: conditions, a byte range, a version; checksums when `x-amz-checksum-mode: ENABLED`. */
export const getObject: Operation = async (call) => {
  for (;;) {
    const version = await findVersion(call);
    checkConditions(version, call.request.headers);
    const bytes = await call.bucket.journal.blobs.get(version.blob);
    // Replaced between the two reads: the newer version is there already.
    if (bytes !== undefined) return ranged(call, version, bytes);
  }
};

/** HeadObject: GetObject without the content. */
export const headObject: Operation = async (call) => {
  const version = await findVersion(call);
  checkConditions(version, call.request.headers);
  const range = byteRange(call.request.headers.range, version.sizeBytes);
  const length = range === undefined ? version.sizeBytes : range.end - range.start + 1;
  return {
    statusCode: range === undefined ? 200 : 206,
    headers: { ...describe(call, version, range === undefined), "content-length": String(length) },
    body: new Uint8Array(),
  };
};

/** The version that a request names, else the newest; the errors tell delete markers apart as S3 does. */
export async function findVersion({ bucket, key, request }: S3Call): Promise<Version> {
  const { versions } = await bucket.journal.read(key);
  const wanted = queryValue(request, "versionId");
  if (wanted === undefined) {
    const newest = versions[0];
    if (newest === undefined) throw noSuchKey();
    if (newest.deleteMarker) throw noSuchKey({ "x-amz-delete-marker": "true", "x-amz-version-id": newest.versionId });
    return newest;
  }
  const version = versions.find(({ versionId }) => versionId === wanted);
  if (version === undefined) throw new S3Error(404, "NoSuchVersion", "The specified version does not exist.");
  if (version.deleteMarker) {
    throw new S3Error(405, "MethodNotAllowed", "The specified method is not allowed against this resource.", {
      "x-amz-delete-marker": "true",
      allow: "DELETE",
    });
  }
  return version;
}

function checkConditions(version: Version, headers: Readonly<Record<string, string>>): void {
  const same = (etag: string): boolean =>
    etag
      .split(",")
      .some((one) => one.trim() === "*" || one.trim().replaceAll('"', "") === version.etag.replaceAll('"', ""));
  if (headers["if-match"] !== undefined && !same(headers["if-match"])) throw preconditionFailed();
  if (headers["if-none-match"] !== undefined && same(headers["if-none-match"])) {
    throw new S3Error(304, "NotModified", "Not Modified", { etag: version.etag });
  }
}

function ranged(call: S3Call, version: Version, bytes: Uint8Array): WireResponse {
  const range = byteRange(call.request.headers.range, bytes.byteLength);
  const body = range === undefined ? bytes : bytes.subarray(range.start, range.end + 1);
  const headers = { ...describe(call, version, range === undefined), "content-length": String(body.byteLength) };
  if (range === undefined) return { statusCode: 200, headers, body };
  const contentRange = `bytes ${range.start}-${range.end}/${bytes.byteLength}`;
  return { statusCode: 206, headers: { ...headers, "content-range": contentRange }, body };
}

function describe({ bucket, request }: S3Call, version: Version, whole: boolean): Record<string, string> {
  const headers: Record<string, string> = {
    ...version.headers,
    etag: version.etag,
    "content-type": version.contentType,
    "accept-ranges": "bytes",
    "last-modified": new Date(version.modifiedAt).toUTCString(),
  };
  if (bucket.versioned) headers["x-amz-version-id"] = version.versionId;
  for (const [name, value] of Object.entries(version.metadata)) headers[`x-amz-meta-${name}`] = value;
  const tags = [...new URLSearchParams(version.tagging)].length;
  if (tags > 0) headers["x-amz-tagging-count"] = String(tags);
  // The checksum is of the whole object: with a range the client could not compare it.
  if (whole && request.headers["x-amz-checksum-mode"] === "ENABLED") {
    for (const [name, value] of Object.entries(version.checksums)) headers[`x-amz-checksum-${name}`] = value;
    if (Object.keys(version.checksums).length > 0) headers["x-amz-checksum-type"] = "FULL_OBJECT";
  }
  return headers;
}
