import type { Clock } from "../clock.ts";
import type { WireRequest, WireResponse } from "../wire.ts";
import type { Buckets } from "./buckets.ts";
import type { Operation } from "./call.ts";
import { deleteObject } from "./delete-object.ts";
import { notImplemented, S3Error, s3ErrorResponse } from "./errors.ts";
import { getObject, headObject } from "./get-object.ts";
import { listObjects, listObjectsByMarker } from "./list-objects.ts";
import { listVersions } from "./list-versions.ts";
import type { Notifications } from "./notifications.ts";
import { putObject } from "./put-object.ts";
import type { Route } from "./route.ts";
import { getObjectTagging } from "./tagging.ts";
import { element, xmlDocument } from "./xml.ts";

export interface S3Service {
  readonly buckets: Buckets;
  readonly notifications: Notifications;
  readonly region: string;
  readonly clock: Clock;
  readonly random: () => number;
}

const headBucket: Operation = async () => ({ statusCode: 200, headers: {}, body: new Uint8Array() });

const OPERATIONS: ReadonlyMap<string, Operation> = new Map([
  ["DeleteObject", deleteObject],
  ["GetObject", getObject],
  ["GetObjectTagging", getObjectTagging],
  ["HeadBucket", headBucket],
  ["HeadObject", headObject],
  ["ListObjectVersions", listVersions],
  ["ListObjects", listObjectsByMarker],
  ["ListObjectsV2", listObjects],
  ["PutObject", putObject],
]);

/** Answers one S3 call. Refusals are answers; only a bug here, or a disk that fails, throws. */
export async function answerS3(
  s3: S3Service,
  route: Route,
  request: WireRequest,
  requestId: string,
): Promise<WireResponse> {
  try {
    const answer = await perform(s3, route, request);
    return { ...answer, headers: { "x-amz-request-id": requestId, ...answer.headers } };
  } catch (error) {
    if (error instanceof S3Error) return s3ErrorResponse(error, request.method, requestId);
    throw error;
  }
}

async function perform(s3: S3Service, route: Route, request: WireRequest): Promise<WireResponse> {
  if (route.operation === "ListBuckets") return listBuckets(s3);
  if (route.operation === "CreateBucket") return createBucket(s3, route.bucket);
  const operation = OPERATIONS.get(route.operation);
  if (operation === undefined) throw notImplemented(`operation ${route.operation}`);
  const bucket = await s3.buckets.find(route.bucket);
  if (bucket === undefined) throw new S3Error(404, "NoSuchBucket", "The specified bucket does not exist");
  const { clock, random, notifications } = s3;
  const answer = await operation({ request, bucket, key: route.key, clock, random, notifications });
  return route.operation === "HeadBucket" ? { ...answer, headers: { "x-amz-bucket-region": s3.region } } : answer;
}

async function createBucket(s3: S3Service, name: string): Promise<WireResponse> {
  if ((await s3.buckets.find(name)) !== undefined) {
    throw new S3Error(
      409,
      "BucketAlreadyOwnedByYou",
      "Your previous request to create the named bucket succeeded and you already own it.",
    );
  }
  await s3.buckets.create(name);
  return { statusCode: 200, headers: { location: `/${name}` }, body: new Uint8Array() };
}

/** ListBuckets, without paging. Nobody asks when a bucket was made, so all were made when time began. */
async function listBuckets({ buckets }: S3Service): Promise<WireResponse> {
  const created = element("CreationDate", new Date(0).toISOString());
  const each = (await buckets.names()).map((name) => `<Bucket>${element("Name", name)}${created}</Bucket>`);
  return {
    statusCode: 200,
    headers: { "content-type": "application/xml" },
    body: xmlDocument(
      `<ListAllMyBucketsResult xmlns="http://s3.amazonaws.com/doc/2006-03-01/"><Buckets>${each.join("")}</Buckets></ListAllMyBucketsResult>`,
    ),
  };
}
