import {
  ListObjectsV2Command,
  type ListObjectsV2CommandInput,
  PutObjectCommand,
  type S3Client,
} from "@aws-sdk/client-s3";
import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { testCloud } from "./clients.ts";
import { STORES } from "./s3-stores.ts";

const Bucket = "listed";

async function putAll(s3: S3Client, keys: readonly string[]): Promise<void> {
  for (const Key of keys) await s3.send(new PutObjectCommand({ Bucket, Key, Body: "x" }));
}

/** All pages of a listing, objects and common prefixes in the order in which they came. */
async function listAll(s3: S3Client, input: Partial<ListObjectsV2CommandInput>) {
  const keys: string[] = [];
  const prefixes: string[] = [];
  let pages = 0;
  for (let ContinuationToken: string | undefined, more = true; more; ) {
    const page = await s3.send(new ListObjectsV2Command({ Bucket, ...input, ContinuationToken }));
    keys.push(...(page.Contents ?? []).map(({ Key = "" }) => Key));
    prefixes.push(...(page.CommonPrefixes ?? []).map(({ Prefix = "" }) => Prefix));
    expect(page.KeyCount).toBe((page.Contents?.length ?? 0) + (page.CommonPrefixes?.length ?? 0));
    pages++;
    ContinuationToken = page.NextContinuationToken;
    more = page.IsTruncated === true;
  }
  return { keys, prefixes, pages };
}

function inBytes(a: string, b: string): number {
  return Buffer.compare(Buffer.from(a), Buffer.from(b));
}

describe.each(STORES)("listing %s", (_, options) => {
  async function bucket(keys: readonly string[]) {
    const all = testCloud(await options());
    await all.cloud.createBucket(Bucket);
    await putAll(all.s3, keys);
    return all;
  }

  test("keys come in the order of their UTF-8 bytes, not of JavaScript's units", async () => {
    const keys = ["\u{1f600}", "\uff5e", "z", "a", "Z", "a/b", "a.b"];
    const { s3 } = await bucket(keys);

    expect((await listAll(s3, {})).keys).toEqual([...keys].sort(inBytes));
  });

  test("a prefix chooses by text, also in the middle of a name", async () => {
    const { s3 } = await bucket(["runs/v1/ab/1", "runs/v1/abc", "runs/v1/b", "runs/v10"]);

    expect((await listAll(s3, { Prefix: "runs/v1/ab" })).keys).toEqual(["runs/v1/ab/1", "runs/v1/abc"]);
  });

  test("a delimiter folds what lies deeper, across pages too", async () => {
    const { s3 } = await bucket(["a/1", "a/2", "b", "c/d/1", "c/e", "d"]);
    const { keys, prefixes, pages } = await listAll(s3, { Delimiter: "/", MaxKeys: 1 });

    expect({ keys, prefixes, pages }).toEqual({ keys: ["b", "d"], prefixes: ["a/", "c/"], pages: 4 });
  });

  test("start-after is not in the listing", async () => {
    const { s3 } = await bucket(["a", "b", "c"]);

    expect((await listAll(s3, { StartAfter: "a" })).keys).toEqual(["b", "c"]);
    expect((await listAll(s3, { StartAfter: "aa" })).keys).toEqual(["b", "c"]);
  });

  test("a full page with nothing behind it is the last", async () => {
    const { s3 } = await bucket(["a", "b"]);

    expect((await listAll(s3, { MaxKeys: 2 })).pages).toBe(1);
    expect((await listAll(s3, { MaxKeys: 0 })).keys).toEqual([]);
  });

  test("a token that S3 did not give is refused", async () => {
    const { s3 } = await bucket([]);
    const list = s3.send(new ListObjectsV2Command({ Bucket, ContinuationToken: "nonsense" }));

    await expect(list).rejects.toMatchObject({ name: "InvalidArgument" });
  });
});

test("whatever the keys and the page size, pages together are the listing", async () => {
  const segment = fc.constantFrom("", "a", "b", "ab", "ä", "~", "\u{1f600}", "&<>\"'", "%2F", "+ ", "]]>");
  const key = fc
    .array(segment, { minLength: 1, maxLength: 4 })
    .map((segments) => segments.join("/"))
    .filter((text) => text !== "");
  await fc.assert(
    fc.asyncProperty(
      fc.uniqueArray(key, { maxLength: 12 }),
      fc.integer({ min: 1, max: 5 }),
      fc.constantFrom("", "a", "a/", "ä/"),
      fc.constantFrom(undefined, "/"),
      async (keys, MaxKeys, Prefix, Delimiter) => {
        const { cloud, s3 } = testCloud();
        await cloud.createBucket(Bucket);
        await putAll(s3, keys);
        const matching = keys.filter((text) => text.startsWith(Prefix)).sort(inBytes);
        const deeper = (text: string): number =>
          Delimiter === undefined ? -1 : text.indexOf(Delimiter, Prefix.length);
        const listed = await listAll(s3, { MaxKeys, Prefix, ...(Delimiter === undefined ? {} : { Delimiter }) });

        expect(listed.keys).toEqual(matching.filter((text) => deeper(text) === -1));
        const folded = matching.filter((text) => deeper(text) !== -1).map((text) => text.slice(0, deeper(text) + 1));
        expect(listed.prefixes).toEqual([...new Set(folded)]);
      },
    ),
    { numRuns: 60 },
  );
});
