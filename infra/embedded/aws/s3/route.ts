import type { WireRequest } from "../wire.ts";
import { S3Error } from "./errors.ts";

export interface Route {
  /** The operation's name in the S3 API, or one that nobody has, such as `POST ?delete`. */
  readonly operation: string;
  readonly bucket: string;
  readonly key: string;
}

// Parameters that change how an operation answers, not which operation it is.
const PLAIN = new Set([
  "x-id",
  "versionId",
  "prefix",
  "delimiter",
  "max-keys",
  "continuation-token",
  "start-after",
  "fetch-owner",
  "encoding-type",
  "key-marker",
  "version-id-marker",
  "marker",
  "max-buckets",
]);

const OBJECT: Readonly<Record<string, string>> = {
  PUT: "PutObject",
  GET: "GetObject",
  HEAD: "HeadObject",
  DELETE: "DeleteObject",
  "GET ?tagging": "GetObjectTagging",
};

const BUCKET: Readonly<Record<string, string>> = {
  PUT: "CreateBucket",
  HEAD: "HeadBucket",
  "GET ?list-type": "ListObjectsV2",
  "GET ?versions": "ListObjectVersions",
  GET: "ListObjects",
};

/** Tells bucket, key and operation of an S3 request, path style or virtual-host style (S3 guide, VirtualHosting). */
export function routeS3(request: WireRequest): Route {
  const host = /^(.+)\.s3[.-]/.exec(request.hostname);
  const path = request.path.replace(/^\//, "");
  const slash = path.indexOf("/");
  const named = host?.[1];
  const bucket = named ?? decode(slash === -1 ? path : path.slice(0, slash));
  const key = decode(named !== undefined ? path : slash === -1 ? "" : path.slice(slash + 1));
  const subresources = Object.keys(request.query ?? {}).filter((name) => !PLAIN.has(name));
  const verb = [request.method, ...subresources.map((name) => `?${name}`)].join(" ");
  if (bucket === "") return { bucket, key, operation: verb === "GET" ? "ListBuckets" : verb };
  return { bucket, key, operation: (key === "" ? BUCKET : OBJECT)[verb] ?? verb };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch (cause) {
    throw Object.assign(new S3Error(400, "InvalidURI", "Couldn't parse the specified URI."), { cause });
  }
}
