import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  NoSuchKey,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { testCloud } from "./clients.ts";
import { STORES } from "./s3-stores.ts";

const Bucket = "versioned";

describe.each(STORES)("versions %s", (_, options) => {
  async function bucket(versioned = true) {
    const all = testCloud(await options());
    await all.cloud.createBucket(Bucket, { versioned });
    const put = (Body: string, Key = "a") => all.s3.send(new PutObjectCommand({ Bucket, Key, Body }));
    const read = async (VersionId?: string) => {
      const { Body } = await all.s3.send(new GetObjectCommand({ Bucket, Key: "a", VersionId }));
      return await Body?.transformToString();
    };
    const remove = (VersionId?: string) => all.s3.send(new DeleteObjectCommand({ Bucket, Key: "a", VersionId }));
    return { ...all, put, read, remove };
  }

  test("every version can be read by its id, the newest without one", async () => {
    const { put, read } = await bucket();
    const first = await put("one");
    const second = await put("two");

    expect(first.VersionId).not.toBe(second.VersionId);
    expect(await read()).toBe("two");
    expect(await read(first.VersionId)).toBe("one");
  });

  test("a deletion is a marker: the object is gone and every version is still there", async () => {
    const { s3, put, read, remove } = await bucket();
    const { VersionId } = await put("one");
    const marker = await remove();

    expect(marker.DeleteMarker).toBe(true);
    await expect(read()).rejects.toBeInstanceOf(NoSuchKey);
    expect(await read(VersionId)).toBe("one");
    expect((await s3.send(new ListObjectsV2Command({ Bucket }))).KeyCount).toBe(0);
    await expect(read(marker.VersionId)).rejects.toMatchObject({ $metadata: { httpStatusCode: 405 } });
  });

  test("removing the marker brings the object back, removing a version is for good", async () => {
    const { put, read, remove } = await bucket();
    const { VersionId } = await put("one");
    const marker = await remove();
    await remove(marker.VersionId);
    expect(await read()).toBe("one");

    await remove(VersionId);
    await expect(read(VersionId)).rejects.toMatchObject({ name: "NoSuchVersion" });
  });

  test("versions are listed by key, newest first, page by page", async () => {
    const { s3, put, remove } = await bucket();
    const [b, a1, a2] = [await put("x", "b"), await put("one"), await put("two")];
    const marker = await remove();
    const listed: (string | undefined)[] = [];
    for (let KeyMarker: string | undefined, VersionIdMarker: string | undefined, more = true; more; ) {
      const page = await s3.send(new ListObjectVersionsCommand({ Bucket, MaxKeys: 1, KeyMarker, VersionIdMarker }));
      for (const one of [...(page.Versions ?? []), ...(page.DeleteMarkers ?? [])]) {
        listed.push(one.VersionId);
        expect(one.IsLatest).toBe(one.VersionId === marker.VersionId || one.VersionId === b.VersionId);
      }
      ({ NextKeyMarker: KeyMarker, NextVersionIdMarker: VersionIdMarker } = page);
      more = page.IsTruncated === true;
    }

    expect(listed).toEqual([marker, a2, a1, b].map(({ VersionId }) => VersionId));
  });

  test("without versioning a deletion is for good and no version is named", async () => {
    const { s3, put, read, remove } = await bucket(false);
    const { VersionId } = await put("one");
    await remove();
    await remove();

    expect(VersionId).toBeUndefined();
    await expect(read()).rejects.toBeInstanceOf(NoSuchKey);
    expect((await s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions).toBeUndefined();
  });
});
