import { readFile } from "node:fs/promises";
import { join } from "node:path";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  NoSuchKey,
  PutObjectCommand,
  type PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { describe, expect, test } from "vitest";
import { embeddedCloud } from "#embedded/aws/cloud.ts";
import { clientsOf, testCloud } from "./clients.ts";
import { STORES, temporaryStore } from "./s3-stores.ts";

const Bucket = "evidence";
const TWENTY = Array.from({ length: 20 }, (_, index) => `writer ${index}`);

/** How many of racing writes won; the others must all have lost for the same honest reason. */
async function winners(writes: readonly Promise<unknown>[]): Promise<number> {
  const settled = await Promise.allSettled(writes);
  for (const one of settled) if (one.status === "rejected") expect(one.reason.name).toBe("PreconditionFailed");
  return settled.filter(({ status }) => status === "fulfilled").length;
}

describe.each(STORES)("conditional writes %s", (_, options) => {
  async function bucket(bucketOptions = {}) {
    const all = testCloud(await options());
    await all.cloud.createBucket(Bucket, bucketOptions);
    const put = (input: Partial<PutObjectCommandInput>) =>
      all.s3.send(new PutObjectCommand({ Bucket, Key: "outcome", Body: "x", ...input }));
    return { ...all, put };
  }

  test("of twenty racing creates exactly one wins, and its content is what stays", async () => {
    const { s3, put } = await bucket();
    let winner = "";
    const writes = TWENTY.map((Body) => put({ Body, IfNoneMatch: "*" }).then(() => (winner = Body)));

    expect(await winners(writes)).toBe(1);
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key: "outcome" }));
    expect(await Body?.transformToString()).toBe(winner);
  });

  test("of twenty racing replacements of one state exactly one wins", async () => {
    const { put } = await bucket({ versioned: true });
    const { ETag } = await put({ Body: "first" });

    expect(await winners(TWENTY.map((Body) => put({ Body, IfMatch: ETag })))).toBe(1);
  });

  test("a create of what is there is refused with 412", async () => {
    const { put } = await bucket();
    await put({ IfNoneMatch: "*" });

    await expect(put({ IfNoneMatch: "*" })).rejects.toMatchObject({
      name: "PreconditionFailed",
      $metadata: { httpStatusCode: 412 },
    });
  });

  test("a replacement needs the state that it names", async () => {
    const { put } = await bucket();
    await expect(put({ IfMatch: '"0"' })).rejects.toBeInstanceOf(NoSuchKey);
    const first = await put({ Body: "one" });
    const second = await put({ Body: "two", IfMatch: first.ETag });

    await expect(put({ Body: "three", IfMatch: first.ETag })).rejects.toMatchObject({ name: "PreconditionFailed" });
    await expect(put({ Body: "three", IfMatch: second.ETag })).resolves.toBeDefined();
  });

  test("what was deleted can be created again", async () => {
    const { s3, put } = await bucket({ versioned: true });
    await put({ IfNoneMatch: "*" });
    await s3.send(new DeleteObjectCommand({ Bucket, Key: "outcome" }));

    await expect(put({ IfNoneMatch: "*" })).resolves.toBeDefined();
  });

  test("a bucket of pointers takes a write that says what is there, or that nothing is, and no other", async () => {
    const { put } = await bucket({ conditional: true, versioned: true });
    await expect(put({})).rejects.toMatchObject({ name: "AccessDenied", $metadata: { httpStatusCode: 403 } });
    const { ETag } = await put({ IfNoneMatch: "*" });
    await expect(put({ IfMatch: ETag, Body: "newer" })).resolves.toBeDefined();
  });

  test("a create-only bucket takes new objects and refuses replacing and deleting", async () => {
    const { s3, put } = await bucket({ createOnly: true, versioned: true });
    const denied = { name: "AccessDenied", $metadata: { httpStatusCode: 403 } };
    const { ETag, VersionId } = await put({ IfNoneMatch: "*" });

    await expect(put({})).rejects.toMatchObject(denied);
    await expect(put({ IfMatch: ETag })).rejects.toMatchObject(denied);
    await expect(s3.send(new DeleteObjectCommand({ Bucket, Key: "outcome" }))).rejects.toMatchObject(denied);
    await expect(s3.send(new DeleteObjectCommand({ Bucket, Key: "outcome", VersionId }))).rejects.toMatchObject(denied);
  });
});

test("clouds that share a folder, as two processes do, have one winner too", async () => {
  const store = await temporaryStore();
  const clients = TWENTY.map(() => clientsOf(embeddedCloud({ store })).s3);
  await embeddedCloud({ store }).createBucket(Bucket, { createOnly: true });
  const writes = clients.map((s3, index) =>
    s3.send(new PutObjectCommand({ Bucket, Key: "outcome", Body: `writer ${index}`, IfNoneMatch: "*" })),
  );

  expect(await winners(writes)).toBe(1);
});

test("unconditional writes through several clouds end with one of them, the same in the store and in the plain file", async () => {
  const store = await temporaryStore();
  const clouds = [0, 1, 2, 3, 4].map(() => clientsOf(embeddedCloud({ store })).s3);
  await embeddedCloud({ store }).createBucket(Bucket);
  for (let round = 0; round < 20; round++) {
    const Key = `pointer ${round}`;
    await Promise.all(
      clouds.map((s3, index) => s3.send(new PutObjectCommand({ Bucket, Key, Body: `cloud ${index}` }))),
    );
    const plain = await readFile(join(store, Bucket, Key), "utf8");

    for (const s3 of clouds) {
      const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
      expect(await Body?.transformToString()).toBe(plain);
    }
  }
});
