import { createHash } from "node:crypto";
import { Readable } from "node:stream";
import { crc32 } from "node:zlib";
import { GetObjectCommand, HeadObjectCommand, PutObjectCommand, type PutObjectCommandInput } from "@aws-sdk/client-s3";
import { expect, test } from "vitest";
import { decodeAwsChunked } from "#embedded/aws/s3/aws-chunked.ts";
import { testCloud } from "./clients.ts";

const Bucket = "evidence";
const Key = "hdf.json";

async function bucket() {
  const all = testCloud();
  await all.cloud.createBucket(Bucket);
  const put = (input: Partial<PutObjectCommandInput>) =>
    all.s3.send(new PutObjectCommand({ Bucket, Key, Body: "content", ...input }));
  return { ...all, put };
}

function digest(algorithm: "md5" | "sha256", text: string): string {
  return createHash(algorithm).update(text).digest("base64");
}

test("the SDK's own checksum is verified, kept and given back to whoever reads", async () => {
  const { s3, put } = await bucket();
  await put({});
  const { ChecksumCRC32, Body } = await s3.send(new GetObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));

  expect(await Body?.transformToString()).toBe("content");
  expect(Buffer.from(ChecksumCRC32 ?? "", "base64").readUInt32BE()).toBe(crc32("content"));
});

test.each([
  ["SHA256", { ChecksumSHA256: digest("sha256", "other") }],
  ["CRC32", { ChecksumCRC32: "AAAAAA==" }],
  ["MD5", { ContentMD5: digest("md5", "other") }],
])("content that does not fit its %s is refused and nothing is kept", async (_, wrong) => {
  const { s3, put } = await bucket();

  await expect(put(wrong)).rejects.toMatchObject({ name: "BadDigest", $metadata: { httpStatusCode: 400 } });
  await expect(s3.send(new HeadObjectCommand({ Bucket, Key }))).rejects.toMatchObject({ name: "NotFound" });
});

test.each([
  ["SHA256", { ChecksumSHA256: digest("sha256", "content") }],
  ["MD5", { ContentMD5: digest("md5", "content") }],
])("content that fits its %s is taken", async (_, right) => {
  const { put } = await bucket();

  await expect(put(right)).resolves.toBeDefined();
});

test("a SHA-256 asked of the SDK comes back from the upload and from a head", async () => {
  const { s3, put } = await bucket();
  const { ChecksumSHA256 } = await put({ ChecksumAlgorithm: "SHA256" });
  const head = await s3.send(new HeadObjectCommand({ Bucket, Key, ChecksumMode: "ENABLED" }));

  expect(ChecksumSHA256).toBe(digest("sha256", "content"));
  expect(head.ChecksumSHA256).toBe(ChecksumSHA256);
});

test("something that is no checksum at all is refused as such", async () => {
  const { put } = await bucket();

  await expect(put({ ChecksumSHA256: "nonsense" })).rejects.toMatchObject({ name: "InvalidRequest" });
  await expect(put({ ContentMD5: "nonsense" })).rejects.toMatchObject({ name: "InvalidDigest" });
});

test("a checksum that is not computed here is refused rather than believed", async () => {
  const { put } = await bucket();

  await expect(put({ ChecksumCRC64NVME: "AAAAAAAAAAA=" })).rejects.toMatchObject({ name: "NotImplemented" });
});

test("a stream that is shorter than announced is refused", async () => {
  const { put } = await bucket();
  const short = put({ Body: Readable.from([Buffer.from("cont")]), ContentLength: 7 });

  await expect(short).rejects.toMatchObject({ name: "IncompleteBody" });
});

test("chunks with signatures and trailers are taken apart", () => {
  const body = "4;chunk-signature=ab\r\nwiki\r\n5\r\npedia\r\n0\r\nx-amz-checksum-crc32:AAAAAA==\r\n\r\n";
  const { bytes, trailers } = decodeAwsChunked(Buffer.from(body));

  expect(Buffer.from(bytes).toString()).toBe("wikipedia");
  expect(trailers).toEqual({ "x-amz-checksum-crc32": "AAAAAA==" });
});

test.each(["", "4\r\nwik", "zz\r\n", "4\r\nwiki\r\n"])("cut chunks are refused: %j", (body) => {
  expect(() => decodeAwsChunked(Buffer.from(body))).toThrow(/terminated unexpectedly/);
});
