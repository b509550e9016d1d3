import { queryValue } from "../wire.ts";
import type { Operation } from "./call.ts";
import { notImplemented } from "./errors.ts";
import type { Version } from "./journal.ts";
import { compareKeys } from "./key-order.ts";
import { keyEncoder, pageSize } from "./list-objects.ts";
import { element, xmlDocument } from "./xml.ts";

/** ListObjectVersions: keys in UTF-8 byte order, of each key the newest version first. Without delimiter. */
export const listVersions: Operation = async ({ bucket, request }) => {
  if (queryValue(request, "delimiter") !== undefined) throw notImplemented("a delimiter in ListObjectVersions");
  const prefix = queryValue(request, "prefix") ?? "";
  const keyMarker = queryValue(request, "key-marker") ?? "";
  const versionMarker = queryValue(request, "version-id-marker") ?? "";
  const limit = pageSize(request);
  const encode = keyEncoder(request);
  const states = await bucket.journal.list(prefix);
  const keys = states
    .map(({ versions }) => versions)
    .filter(([first]) => first?.key.startsWith(prefix) === true)
    .sort(([a], [b]) => compareKeys(a?.key ?? "", b?.key ?? ""));
  const rows = keys.flatMap((versions) => versionsAfter(versions, keyMarker, versionMarker));
  const page = rows.slice(0, limit);
  const truncated = limit > 0 && rows.length > limit;
  const last = truncated ? page.at(-1)?.version : undefined;
  const body = [
    element("Name", bucket.name),
    element("Prefix", encode(prefix)),
    element("KeyMarker", encode(keyMarker)),
    element("VersionIdMarker", versionMarker),
    element("NextKeyMarker", last === undefined ? undefined : encode(last.key)),
    element("NextVersionIdMarker", last?.versionId),
    element("MaxKeys", limit),
    element("EncodingType", queryValue(request, "encoding-type")),
    element("IsTruncated", truncated),
    ...page.map((row) => describe(row, encode)),
  ].join("");
  return {
    statusCode: 200,
    headers: { "content-type": "application/xml" },
    body: xmlDocument(
      `<ListVersionsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${body}</ListVersionsResult>`,
    ),
  };
};

interface Row {
  readonly version: Version;
  readonly latest: boolean;
}

/** The versions of one key that come after the markers. */
function versionsAfter(versions: readonly Version[], keyMarker: string, versionMarker: string): Row[] {
  const rows = versions.map((version, index) => ({ version, latest: index === 0 }));
  const order = compareKeys(versions[0]?.key ?? "", keyMarker);
  if (order > 0) return rows;
  if (order < 0 || versionMarker === "") return [];
  return rows.slice(rows.findIndex(({ version }) => version.versionId === versionMarker) + 1);
}

function describe({ version, latest }: Row, encode: (name: string) => string): string {
  const shared = [
    element("Key", encode(version.key)),
    element("VersionId", version.versionId),
    element("IsLatest", latest),
    element("LastModified", new Date(version.modifiedAt).toISOString()),
  ].join("");
  if (version.deleteMarker) return `<DeleteMarker>${shared}</DeleteMarker>`;
  return `<Version>${shared}${element("ETag", version.etag)}${element("Size", version.sizeBytes)}${element("StorageClass", "STANDARD")}</Version>`;
}
