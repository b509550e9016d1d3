import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import {
  CreateBucketCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  HeadObjectCommand,
  NoSuchBucket,
  NoSuchKey,
  NotFound,
  PutObjectCommand,
  S3Client,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { testCloud } from "./clients.ts";
import { STORES } from "./s3-stores.ts";

const Bucket = "evidence";

describe.each(STORES)("objects %s", (_, options) => {
  async function bucket() {
    const all = testCloud(await options());
    await all.cloud.createBucket(Bucket);
    const put = (Key: string, Body: string | Uint8Array = "x") =>
      all.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    const read = async (Key: string) => {
      const { Body } = await all.s3.send(new GetObjectCommand({ Bucket, Key }));
      return await Body?.transformToString();
    };
    return { ...all, put, read };
  }

  test("what was written is read back at once, with all that describes it", async () => {
    const { s3, clock } = await bucket();
    await s3.send(
      new PutObjectCommand({
        Bucket,
        Key: "scans/v1/a b/ü+%$.json",
        Body: '{"ok":true}',
        ContentType: "application/json",
        ContentEncoding: "identity",
        CacheControl: "no-store",
        Metadata: { attempt: "1" },
        Tagging: "team=red&kind=scan",
      }),
    );
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "scans/v1/a b/ü+%$.json" }));

    expect(await got.Body?.transformToString()).toBe('{"ok":true}');
    expect(got).toMatchObject({
      ContentType: "application/json",
      ContentEncoding: "identity",
      CacheControl: "no-store",
      ContentLength: 11,
      Metadata: { attempt: "1" },
      TagCount: 2,
      ETag: `"${createHash("md5").update('{"ok":true}').digest("hex")}"`,
      LastModified: new Date(clock.now()),
      AcceptRanges: "bytes",
    });
    const tags = await s3.send(new GetObjectTaggingCommand({ Bucket, Key: "scans/v1/a b/ü+%$.json" }));
    expect(tags.TagSet).toEqual([
      { Key: "team", Value: "red" },
      { Key: "kind", Value: "scan" },
    ]);
  });

  test("an upload replaces what was there", async () => {
    const { put, read } = await bucket();
    await put("a", "one");
    await put("a", "two");

    expect(await read("a")).toBe("two");
  });

  test("path style and virtual-host style name the same object", async () => {
    const { cloud, read } = await bucket();
    const pathStyle = new S3Client({
      requestHandler: cloud.requestHandler,
      region: "us-east-1",
      credentials: { accessKeyId: "test", secretAccessKey: "test" },
      forcePathStyle: true,
    });
    await pathStyle.send(new PutObjectCommand({ Bucket, Key: "a/b c", Body: "same" }));

    expect(await read("a/b c")).toBe("same");
  });

  test("a stream with a trailing checksum arrives whole", async () => {
    const { s3, read } = await bucket();
    const parts = ["one ", "two ", "three"].map((part) => Buffer.from(part));
    const Body = Readable.from(parts);
    await s3.send(new PutObjectCommand({ Bucket, Key: "stream", Body, ContentLength: 13, ContentEncoding: "gzip" }));

    expect(await read("stream")).toBe("one two three");
    const head = await s3.send(new HeadObjectCommand({ Bucket, Key: "stream" }));
    expect(head).toMatchObject({ ContentLength: 13, ContentEncoding: "gzip" });
  });

  test("an empty object is an object", async () => {
    const { put, read } = await bucket();
    await put("empty", "");

    expect(await read("empty")).toBe("");
  });

  test("what is not there is NoSuchKey, to a head NotFound, in no bucket NoSuchBucket", async () => {
    const { s3, read } = await bucket();

    await expect(read("nothing")).rejects.toBeInstanceOf(NoSuchKey);
    await expect(s3.send(new HeadObjectCommand({ Bucket, Key: "nothing" }))).rejects.toBeInstanceOf(NotFound);
    await expect(s3.send(new HeadBucketCommand({ Bucket: "nowhere" }))).rejects.toBeInstanceOf(NotFound);
    const nowhere = s3.send(new GetObjectCommand({ Bucket: "nowhere", Key: "a" }));
    await expect(nowhere).rejects.toBeInstanceOf(NoSuchBucket);
  });

  test("a bucket is created once", async () => {
    const { s3 } = await bucket();
    await s3.send(new CreateBucketCommand({ Bucket: "another" }));

    await s3.send(new HeadBucketCommand({ Bucket: "another" }));
    const again = s3.send(new CreateBucketCommand({ Bucket: "another" }));
    await expect(again).rejects.toMatchObject({ name: "BucketAlreadyOwnedByYou" });
  });

  test.each([
    ["bytes=0-3", "0123", "bytes 0-3/10"],
    ["bytes=7-", "789", "bytes 7-9/10"],
    ["bytes=-2", "89", "bytes 8-9/10"],
    ["bytes=8-99", "89", "bytes 8-9/10"],
  ])("the range %s gives %s", async (Range, text, ContentRange) => {
    const { s3, put } = await bucket();
    await put("digits", "0123456789");
    const got = await s3.send(new GetObjectCommand({ Bucket, Key: "digits", Range }));

    expect(await got.Body?.transformToString()).toBe(text);
    expect(got.ContentRange).toBe(ContentRange);
  });

  test("a range behind the end is refused", async () => {
    const { s3, put } = await bucket();
    await put("digits", "0123456789");
    const got = s3.send(new GetObjectCommand({ Bucket, Key: "digits", Range: "bytes=10-" }));

    await expect(got).rejects.toMatchObject({ name: "InvalidRange", $metadata: { httpStatusCode: 416 } });
  });

  test("a reader who has the object already is told so", async () => {
    const { s3, put } = await bucket();
    const { ETag } = await put("a");
    const got = s3.send(new GetObjectCommand({ Bucket, Key: "a", IfNoneMatch: ETag }));

    await expect(got).rejects.toMatchObject({ $metadata: { httpStatusCode: 304 } });
  });

  test("what the embedded S3 lacks is refused by name, not half done", async () => {
    const { s3 } = await bucket();
    const put = s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "x", ACL: "public-read" }));

    await expect(put).rejects.toMatchObject({ name: "NotImplemented" });
  });

  test("keys and metadata have the limits of S3", async () => {
    const { s3, put } = await bucket();

    await expect(put("k".repeat(1_024))).resolves.toBeDefined();
    await expect(put("k".repeat(1_025))).rejects.toMatchObject({ name: "KeyTooLongError" });
    const heavy = s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "x", Metadata: { a: "x".repeat(2_048) } }));
    await expect(heavy).rejects.toMatchObject({ name: "MetadataTooLarge" });
  });
});

test("a listener hears of each upload once, as EventBridge would tell it", async () => {
  const { cloud, s3, clock } = testCloud();
  await cloud.createBucket(Bucket, { versioned: true });
  const heard: unknown[] = [];
  const stop = cloud.onObjectCreated(Bucket, (event) => void heard.push(event));
  const { VersionId } = await s3.send(new PutObjectCommand({ Bucket, Key: "runs/complete.json", Body: "{}" }));
  await cloud.notificationsSettled();
  stop();
  await s3.send(new PutObjectCommand({ Bucket, Key: "later", Body: "{}" }));
  await cloud.notificationsSettled();

  expect(heard).toEqual([
    expect.objectContaining({
      "detail-type": "Object Created",
      source: "aws.s3",
      time: new Date(clock.now()).toISOString().replace(".000", ""),
      resources: [`arn:aws:s3:::${Bucket}`],
      detail: expect.objectContaining({
        bucket: { name: Bucket },
        object: expect.objectContaining({ key: "runs/complete.json", size: 2, "version-id": VersionId }),
      }),
    }),
  ]);
});

test("a listener that fails does not fail the upload", async () => {
  const failures: unknown[] = [];
  const { cloud, s3 } = testCloud({ onListenerError: (error) => failures.push(error) });
  await cloud.createBucket(Bucket);
  cloud.onObjectCreated(Bucket, () => Promise.reject(new Error("listener")));
  await s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "x" }));
  await cloud.notificationsSettled();

  expect(failures).toEqual([new Error("listener")]);
});
