import { createHash } from "node:crypto";
import { GetObjectCommand, ListObjectsV2Command, NoSuchKey, PutObjectCommand, type S3Client } from "@aws-sdk/client-s3";
import { ScanError } from "#contract/errors.ts";
import type { ObjectOptions, ObjectStore, StoredObject } from "#contract/objects.ts";
import { awsTrouble, httpStatusOf } from "./trouble.ts";

/** Two creates of one key at the same time may both be answered 409; the loser's retry then sees 412. */
const racingTries = 5;

/** An object whose bytes stop coming is given up after so long; the SDK's own limit ends with the first of them. */
const longestReadMs = 120_000;

/** One S3 bucket as an ObjectStore: conditional writes (`If-None-Match: *`, `If-Match`) with a SHA-256 of the content. */
export function s3Objects(client: S3Client, bucket: string, readMs = longestReadMs): ObjectStore {
  const trouble = (error: unknown, verb: string, key: string) => awsTrouble(error, `S3 ${verb} ${bucket}/${key}`);
  async function put(key: string, bytes: Uint8Array, options: ObjectOptions, condition: object): Promise<boolean> {
    for (let attempt = 1; ; attempt += 1) {
      try {
        await client.send(
          new PutObjectCommand({
            Bucket: bucket,
            Key: key,
            Body: bytes,
            ContentType: options.contentType,
            ...(options.contentEncoding === undefined ? {} : { ContentEncoding: options.contentEncoding }),
            ChecksumSHA256: createHash("sha256").update(bytes).digest("base64"),
            ...condition,
          }),
        );
        return true;
      } catch (error) {
        const status = httpStatusOf(error);
        if (status === 412) return false;
        if (status !== 409 || attempt === racingTries) throw trouble(error, "PutObject", key);
      }
    }
  }
  return {
    async create(key, bytes, options) {
      return (await put(key, bytes, options, { IfNoneMatch: "*" })) ? "created" : "exists";
    },
    async replace(key, bytes, options, etag) {
      const condition = etag === undefined ? { IfNoneMatch: "*" } : { IfMatch: etag };
      return (await put(key, bytes, options, condition)) ? "replaced" : "changed";
    },
    async read(key, mostBytes = Number.POSITIVE_INFINITY): Promise<StoredObject | undefined> {
      try {
        const abortSignal = AbortSignal.timeout(readMs);
        const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key: key }), { abortSignal });
        const size = found.ContentLength ?? 0;
        if (size > mostBytes) {
          await found.Body?.transformToWebStream().cancel(); // or its connection stays taken
          throw new ScanError("too-large", `${bucket}/${key} has ${size} bytes; ${mostBytes} are allowed`);
        }
        return { bytes: (await found.Body?.transformToByteArray()) ?? new Uint8Array(), etag: found.ETag ?? "" };
      } catch (error) {
        if (error instanceof ScanError) throw error;
        if (error instanceof NoSuchKey || httpStatusOf(error) === 404) return undefined;
        throw trouble(error, "GetObject", key);
      }
    },
    async list(prefix) {
      const keys: string[] = [];
      let resume: string | undefined;
      do {
        const page = await client
          .send(
            new ListObjectsV2Command({ Bucket: bucket, Prefix: prefix, ...(resume && { ContinuationToken: resume }) }),
          )
          .catch((error: unknown) => Promise.reject(trouble(error, "ListObjectsV2", prefix)));
        for (const { Key } of page.Contents ?? []) if (Key !== undefined) keys.push(Key);
        resume = page.NextContinuationToken;
      } while (resume !== undefined);
      return keys;
    },
  };
}
