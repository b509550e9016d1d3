import { mkdtemp, readdir, readFile, realpath, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, relative, sep } from "node:path";
import {
  DeleteObjectCommand,
  GetObjectCommand,
  ListObjectsV2Command,
  ListObjectVersionsCommand,
  PutObjectCommand,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { expect, test } from "vitest";
import { embeddedCloud } from "#embedded/aws/cloud.ts";
import { clientsOf } from "./clients.ts";
import { temporaryStore } from "./s3-stores.ts";

const Bucket = "evidence";

async function open(store: string) {
  const cloud = embeddedCloud({ store });
  const { s3 } = clientsOf(cloud);
  const put = (Key: string, Body = Key) => s3.send(new PutObjectCommand({ Bucket, Key, Body, Metadata: { a: "b" } }));
  const read = async (Key: string) => {
    const { Body } = await s3.send(new GetObjectCommand({ Bucket, Key }));
    return await Body?.transformToString();
  };
  return { cloud, s3, put, read };
}

test("an object is a plain file under its own key, always the newest version", async () => {
  const store = await temporaryStore();
  const { cloud, put } = await open(store);
  await cloud.createBucket(Bucket, { versioned: true });
  const key = "scans/v1/prod-eu/payments/Deployment.api/app/2026-11-24T01:02:03Z-ab/1/report.html";
  await put(key, "<p>one");
  await put(key, "<p>two");

  expect(await readFile(join(store, Bucket, key), "utf8")).toBe("<p>two");
});

test("the plain file goes with the object", async () => {
  const store = await temporaryStore();
  const { cloud, s3, put } = await open(store);
  await cloud.createBucket(Bucket);
  await put("a/b");
  await s3.send(new DeleteObjectCommand({ Bucket, Key: "a/b" }));

  await expect(stat(join(store, Bucket, "a/b"))).rejects.toMatchObject({ code: "ENOENT" });
});

test("objects, metadata, versions and the bucket's rules outlive the process", async () => {
  const store = await temporaryStore();
  const before = await open(store);
  await before.cloud.createBucket(Bucket, { versioned: true, createOnly: true });
  const sent = await before.s3.send(
    new PutObjectCommand({ Bucket, Key: "a", Body: "one", Metadata: { a: "b" }, IfNoneMatch: "*" }),
  );
  const after = await open(store);
  const got = await after.s3.send(new GetObjectCommand({ Bucket, Key: "a" }));

  expect(await got.Body?.transformToString()).toBe("one");
  expect(got).toMatchObject({ ETag: sent.ETag, VersionId: sent.VersionId, Metadata: { a: "b" } });
  expect((await after.s3.send(new ListObjectVersionsCommand({ Bucket }))).Versions).toHaveLength(1);
  await expect(after.put("a")).rejects.toMatchObject({ name: "AccessDenied" });
});

test("a key that is a folder of other keys is served like any other", async () => {
  const store = await temporaryStore();
  const { cloud, put, read } = await open(store);
  await cloud.createBucket(Bucket);
  for (const key of ["a/b/c", "a/b", "a", "a/"]) await put(key);

  for (const key of ["a/b/c", "a/b", "a", "a/"]) expect(await read(key)).toBe(key);
});

test("a pointer that is rewritten all the time does not fill the disk", async () => {
  const store = await temporaryStore();
  const { cloud, put, read } = await open(store);
  await cloud.createBucket(Bucket);
  for (let round = 0; round < 100; round++) await put("latest/pointer", `round ${round}`);
  const files = await readdir(join(store, ".s3", Bucket), { recursive: true, withFileTypes: true });

  expect(files.filter((file) => file.isFile()).length).toBeLessThan(80);
  expect(await read("latest/pointer")).toBe("round 99");
});

test("a lost create leaves nothing behind", async () => {
  const store = await temporaryStore();
  const { cloud, s3, put } = await open(store);
  await cloud.createBucket(Bucket);
  await put("a");
  const count = async () => (await readdir(join(store, ".s3"), { recursive: true })).length;
  const before = await count();
  const lost = s3.send(new PutObjectCommand({ Bucket, Key: "a", Body: "lost", IfNoneMatch: "*" }));

  await expect(lost).rejects.toMatchObject({ name: "PreconditionFailed" });
  expect(await count()).toBe(before);
});

test("a key with a NUL is refused", async () => {
  const { cloud, put } = await open(await temporaryStore());
  await cloud.createBucket(Bucket);

  await expect(put("a\0b")).rejects.toMatchObject({ name: "InvalidURI" });
});

test.each([".s3", "..", "a/b", "A"])("a bucket cannot be called %j", async (name) => {
  const { cloud } = await open(await temporaryStore());

  await expect(cloud.createBucket(name)).rejects.toMatchObject({ code: "InvalidBucketName" });
});

test("no key leaves the store, meets another key, or is read back as anything but itself", async () => {
  const evil = fc.constantFrom(
    "..",
    ".",
    "",
    ".s3",
    "a",
    "A",
    "a%%b",
    "%",
    "%2E",
    "~",
    "C:",
    "\\",
    "..\\..",
    "é",
    "é",
    " ",
    "\n",
  );
  const long = fc.constantFrom("x".repeat(250), "ü".repeat(130));
  const segment = fc.oneof({ weight: 8, arbitrary: evil }, { weight: 1, arbitrary: long }, fc.string({ maxLength: 6 }));
  const key = fc
    .array(segment, { minLength: 1, maxLength: 4 })
    .map((segments) => segments.join("/"))
    .filter((text) => text !== "" && text.isWellFormed() && !text.includes("\0") && Buffer.byteLength(text) <= 1_024);
  await fc.assert(
    fc.asyncProperty(fc.uniqueArray(key, { minLength: 1, maxLength: 6 }), async (keys) => {
      const outside = await realpath(await mkdtemp(join(tmpdir(), "muster-keys-")));
      try {
        const { cloud, s3, put, read } = await open(join(outside, "store"));
        await cloud.createBucket(Bucket);
        for (const text of keys) await put(text);

        for (const text of keys) expect(await read(text)).toBe(text);
        const listed = (await s3.send(new ListObjectsV2Command({ Bucket, EncodingType: "url" }))).Contents ?? [];
        expect(listed.map(({ Key = "" }) => decodeURIComponent(Key)).sort()).toEqual([...keys].sort());
        expect(await readdir(outside)).toEqual(["store"]);
        expect((await readdir(join(outside, "store"))).sort()).toEqual([".s3", Bucket]);
        await expectViewsTrue(join(outside, "store", Bucket), keys);
      } finally {
        await rm(outside, { recursive: true, force: true });
      }
    }),
    { numRuns: 60 },
  );
}, 60_000);

/** Every plain file carries the name and the content of one of the keys. */
async function expectViewsTrue(folder: string, keys: readonly string[]): Promise<void> {
  for (const entry of await readdir(folder, { recursive: true, withFileTypes: true })) {
    if (!entry.isFile()) continue;
    const path = join(entry.parentPath, entry.name);
    const key = relative(folder, path).split(sep).join("/");
    expect(keys).toContain(key);
    expect(await readFile(path, "utf8")).toBe(key);
  }
}
