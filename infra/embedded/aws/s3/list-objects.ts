import { queryValue, type WireRequest, type WireResponse } from "../wire.ts";
import type { Operation, S3Call } from "./call.ts";
import { S3Error } from "./errors.ts";
import type { Version } from "./journal.ts";
import { commonPrefix, compareKeys } from "./key-order.ts";
import { element, xmlDocument } from "./xml.ts";

/** Either an object or everything behind a common prefix, in the order of the listing. */
type Row = { readonly name: string; readonly version?: Version };

/** ListObjectsV2: UTF-8 byte order, prefix, delimiter, start-after, continuation; at most 1,000 rows a page. */
export const listObjects: Operation = async (call) => {
  const startAfter = queryValue(call.request, "start-after");
  const token = queryValue(call.request, "continuation-token");
  const after = token === undefined ? startAfter : readToken(token);
  const { rows, next, encode } = await pageOf(call, after, token !== undefined);
  return document(call, rows, next, [
    element("StartAfter", startAfter === undefined ? undefined : encode(startAfter)),
    element("ContinuationToken", token),
    element("NextContinuationToken", next === undefined ? undefined : writeToken(next)),
    element("KeyCount", rows.length),
  ]);
};

/** ListObjects, which older programs still ask: the same with `marker`; `NextMarker` only with a delimiter, as on S3. */
export const listObjectsByMarker: Operation = async (call) => {
  const marker = queryValue(call.request, "marker") ?? "";
  const { rows, next, encode } = await pageOf(call, marker, true);
  const tell = queryValue(call.request, "delimiter") !== undefined && next !== undefined;
  return document(call, rows, next, [
    element("Marker", encode(marker)),
    element("NextMarker", tell ? encode(next) : undefined),
  ]);
};

/** One page of a listing, and the name that it ended on if there is more. */
async function pageOf({ bucket, request }: S3Call, after: string | undefined, continued: boolean) {
  const prefix = queryValue(request, "prefix") ?? "";
  const limit = pageSize(request);
  const states = await bucket.journal.list(prefix);
  const newest = states.flatMap(({ versions: [version] }) =>
    version === undefined || version.deleteMarker ? [] : [version],
  );
  const all = group(newest, prefix, queryValue(request, "delimiter"), after, continued);
  const rows = all.slice(0, limit);
  const next = limit > 0 && all.length > limit ? rows.at(-1)?.name : undefined;
  return { rows, next, encode: keyEncoder(request) };
}

function document(
  { bucket, request }: S3Call,
  rows: readonly Row[],
  next: string | undefined,
  own: readonly string[],
): WireResponse {
  const encode = keyEncoder(request);
  const delimiter = queryValue(request, "delimiter");
  const contents = rows.map(({ name, version }) =>
    version === undefined
      ? `<CommonPrefixes>${element("Prefix", encode(name))}</CommonPrefixes>`
      : `<Contents>${describe(version, encode)}</Contents>`,
  );
  const body = [
    element("Name", bucket.name),
    element("Prefix", encode(queryValue(request, "prefix") ?? "")),
    element("Delimiter", delimiter === undefined ? undefined : encode(delimiter)),
    element("MaxKeys", pageSize(request)),
    element("EncodingType", queryValue(request, "encoding-type")),
    ...own,
    element("IsTruncated", next !== undefined),
    ...contents,
  ].join("");
  return {
    statusCode: 200,
    headers: { "content-type": "application/xml" },
    body: xmlDocument(`<ListBucketResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/">${body}</ListBucketResult>`),
  };
}

/** `max-keys`, 0 to 1,000; a larger number is cut to 1,000. */
export function pageSize(request: WireRequest): number {
  const asked = queryValue(request, "max-keys");
  if (asked === undefined) return 1_000;
  if (!/^\d+$/.test(asked))
    throw new S3Error(400, "InvalidArgument", "Provided max-keys not an integer or within integer range");
  return Math.min(1_000, Number(asked));
}

/** With `encoding-type=url` names are percent-encoded except for slashes, so that any key survives XML. */
export function keyEncoder(request: WireRequest): (name: string) => string {
  return queryValue(request, "encoding-type") === "url"
    ? (name) => encodeURIComponent(name).replaceAll("%2F", "/")
    : (name) => name;
}

/** Rows after `after`. A continuation that ended on a common prefix has shown everything behind it. */
function group(
  versions: readonly Version[],
  prefix: string,
  delimiter: string | undefined,
  after: string | undefined,
  continued: boolean,
): Row[] {
  const rows: Row[] = [];
  const matching = versions.filter(({ key }) => key.startsWith(prefix)).sort((a, b) => compareKeys(a.key, b.key));
  for (const version of matching) {
    const shared = commonPrefix(version.key, prefix, delimiter);
    if (after !== undefined && compareKeys(version.key, after) <= 0) continue;
    if (shared === undefined) rows.push({ name: version.key, version });
    else if (continued && shared === after) continue;
    else if (rows.at(-1)?.name !== shared) rows.push({ name: shared });
  }
  return rows;
}

function describe(version: Version, encode: (name: string) => string): string {
  return [
    element("Key", encode(version.key)),
    element("LastModified", new Date(version.modifiedAt).toISOString()),
    element("ETag", version.etag),
    ...Object.keys(version.checksums).map((name) => element("ChecksumAlgorithm", name.toUpperCase())),
    element("Size", version.sizeBytes),
    element("StorageClass", "STANDARD"),
  ].join("");
}

function writeToken(name: string): string {
  return Buffer.from(JSON.stringify(["after", name]), "utf8").toString("base64");
}

function readToken(token: string): string {
  try {
    const parts: unknown = JSON.parse(Buffer.from(token, "base64").toString("utf8"));
    if (Array.isArray(parts) && parts[0] === "after" && typeof parts[1] === "string") return parts[1];
  } catch {
    // Not a token of ours: refused below like any other.
  }
  throw new S3Error(400, "InvalidArgument", "The continuation token provided is incorrect");
}
