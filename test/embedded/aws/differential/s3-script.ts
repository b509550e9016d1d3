import {
  CreateBucketCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  ListBucketsCommand,
  ListObjectsCommand,
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  type PutObjectCommandInput,
  type S3Client,
} from "@aws-sdk/client-s3";
import { type Outcomes, type Steps, steps } from "./steps.ts";

const Bucket = "second-opinion";
const keys = ["a.json", "a/1.json", "a/2.json", "a/b/3.json", "b c+d&é.json", "z"];

/** One script of S3 calls, and what came of each by the name of its step. */
export async function s3Script(s3: S3Client): Promise<Outcomes> {
  const script = steps();
  await script.step("bucket: a new one", () => s3.send(new CreateBucketCommand({ Bucket })));
  await script.step("bucket: is there", () => s3.send(new HeadBucketCommand({ Bucket })));
  await script.step("bucket: is not there", () => s3.send(new HeadBucketCommand({ Bucket: "no-such-bucket" })));
  await script.step(
    "bucket: is listed",
    () => s3.send(new ListBucketsCommand({})),
    ({ Buckets = [] }) => Buckets.map(({ Name }) => Name).includes(Bucket),
  );
  await objects(s3, script);
  await conditions(s3, script);
  await listings(s3, script);
  return script.outcomes;
}

async function objects(s3: S3Client, { step }: Steps): Promise<void> {
  const put = (Key: string, more: Partial<PutObjectCommandInput> = {}) =>
    s3.send(new PutObjectCommand({ Bucket, Key, Body: "hello", ...more }));
  const get = (Key: string, more = {}) => s3.send(new GetObjectCommand({ Bucket, Key, ...more }));
  const text = async (Key: string, more = {}) => (await get(Key, more)).Body?.transformToString();
  await step(
    "put: an object",
    () =>
      put("a", {
        ContentType: "text/plain",
        Metadata: { who: "me" },
        ContentEncoding: "identity",
        CacheControl: "no-store",
      }),
    ({ ETag }) => ETag,
  );
  await step(
    "get: its content",
    () => text("a"),
    (content) => content,
  );
  await step(
    "get: its headers",
    () => get("a"),
    ({ ContentType, ContentLength, ETag, Metadata, ContentEncoding, CacheControl }) => [
      ...[ContentType, ContentLength, ETag, Metadata, ContentEncoding, CacheControl],
    ],
  );
  await step(
    "head: its headers",
    () => s3.send(new HeadObjectCommand({ Bucket, Key: "a" })),
    ({ ContentType, ContentLength, ETag, Metadata }) => [ContentType, ContentLength, ETag, Metadata],
  );
  await step(
    "get: a range",
    () => text("a", { Range: "bytes=1-3" }),
    (content) => content,
  );
  await step(
    "get: the last two bytes",
    () => text("a", { Range: "bytes=-2" }),
    (content) => content,
  );
  await step("get: a range behind the end", () => text("a", { Range: "bytes=9-" }));
  await step("get: what is not there", () => get("nothing"));
  await step("get: from a bucket that is not there", () =>
    s3.send(new GetObjectCommand({ Bucket: "no-such-bucket", Key: "a" })),
  );
  await step("head: what is not there", () => s3.send(new HeadObjectCommand({ Bucket, Key: "nothing" })));
  await step("put: an empty object", () => put("empty", { Body: "" }));
  await step(
    "get: the empty object",
    () => text("empty"),
    (content) => content,
  );
  await step("put: a key of 1,025 bytes", () => put("k".repeat(1_025)));
  await step("put: over what is there", () => put("a", { Body: "newer" }));
  await step(
    "get: what is newest",
    () => text("a"),
    (content) => content,
  );
  await step("put: with a SHA-256 that is another's", () => put("wrong", { ChecksumSHA256: `${"A".repeat(43)}=` }));
  await step("put: with an MD5 that is another's", () => put("wrong", { ContentMD5: `${"A".repeat(22)}==` }));
  await step("put: with tags", () => put("tagged", { Tagging: "kind=report" }));
  await step(
    "get: the tags",
    () => s3.send(new GetObjectTaggingCommand({ Bucket, Key: "tagged" })),
    ({ TagSet }) => TagSet,
  );
  await step("delete: an object", () => s3.send(new DeleteObjectCommand({ Bucket, Key: "a" })));
  await step("get: what was deleted", () => get("a"));
  await step("delete: what is not there", () => s3.send(new DeleteObjectCommand({ Bucket, Key: "a" })));
}

async function conditions(s3: S3Client, { step }: Steps): Promise<void> {
  const put = (more: Partial<PutObjectCommandInput>) =>
    s3.send(new PutObjectCommand({ Bucket, Key: "once", Body: "first", ...more }));
  const made = await step("create: where nothing is", () => put({ IfNoneMatch: "*" }));
  await step("create: where something is", () => put({ IfNoneMatch: "*", Body: "second" }));
  const racers = Array.from({ length: 10 }, () =>
    s3.send(new PutObjectCommand({ Bucket, Key: "raced", Body: "x", IfNoneMatch: "*" })).then(
      () => true,
      () => false,
    ),
  );
  await step(
    "create: ten at once",
    () => Promise.all(racers),
    (won) => `${won.filter(Boolean).length} won`,
  );
  const get = (more: object) => s3.send(new GetObjectCommand({ Bucket, Key: "once", ...more }));
  await step("get: if it is still the same", () => get({ IfMatch: made?.ETag }));
  await step("get: if it is another", () => get({ IfMatch: '"0"' }));
  await step("get: if it has changed", () => get({ IfNoneMatch: made?.ETag }));
  await step("replace: what was read", () => put({ IfMatch: made?.ETag, Body: "third" }));
  await step("replace: what has changed since", () => put({ IfMatch: made?.ETag, Body: "fourth" }));
  await step("replace: what is not there", () =>
    s3.send(new PutObjectCommand({ Bucket, Key: "gone", Body: "x", IfMatch: made?.ETag })),
  );
}

async function listings(s3: S3Client, { step }: Steps): Promise<void> {
  for (const key of keys) await s3.send(new PutObjectCommand({ Bucket, Key: `l/${key}`, Body: key }));
  const list = (more: Partial<ListObjectsV2CommandInput>) =>
    s3.send(new ListObjectsV2Command({ Bucket, Prefix: "l/", ...more }));
  type Listed = Pick<Awaited<ReturnType<typeof list>>, "Contents" | "CommonPrefixes" | "IsTruncated">;
  const rows = ({ Contents = [], CommonPrefixes = [], IsTruncated }: Listed) => [
    Contents.map(({ Key, Size }) => `${Key} ${Size}`),
    CommonPrefixes.map(({ Prefix }) => Prefix),
    IsTruncated,
  ];
  await step("list: all below a prefix", () => list({}), rows);
  await step("list: one level", () => list({ Delimiter: "/" }), rows);
  await step("list: after a key", () => list({ StartAfter: "l/a/1.json" }), rows);
  await step("list: nothing", () => list({ Prefix: "m/" }), rows);
  await step("list: no rows wanted", () => list({ MaxKeys: 0 }), rows);
  const first = await step("list: a page of two", () => list({ MaxKeys: 2 }), rows);
  await step("list: the next page", () => list({ MaxKeys: 2, ContinuationToken: first?.NextContinuationToken }), rows);
  await step("list: the old way", () => s3.send(new ListObjectsCommand({ Bucket, Prefix: "l/", MaxKeys: 3 })), rows);
  await step("list: in a bucket that is not there", () => list({ Bucket: "no-such-bucket" }));
}
