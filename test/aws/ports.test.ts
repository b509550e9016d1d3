import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { describe, expect, it } from "vitest";
import { sqsQueue } from "#aws/queue.ts";
import { memoryBuckets } from "#test/support/buckets.ts";

const bytes = (text: string) => new TextEncoder().encode(text);
const plain = { contentType: "text/plain" };

describe("a bucket", () => {
  it("lets exactly one of many creators win", async () => {
    const { evidence } = await memoryBuckets();
    const ends = await Promise.all(Array.from({ length: 20 }, (_, n) => evidence.create("k", bytes(`${n}`), plain)));
    expect(ends.filter((end) => end === "created")).toHaveLength(1);
    expect(new TextDecoder().decode((await evidence.read("k"))?.bytes)).toBe(String(ends.indexOf("created")));
  });

  it("lets a pointer be replaced only by who has seen what stands there", async () => {
    const { published } = await memoryBuckets();
    expect(await published.replace("p", bytes("1"), plain, undefined)).toBe("replaced");
    const seen = (await published.read("p"))?.etag;
    expect(await published.replace("p", bytes("2"), plain, undefined)).toBe("changed");
    expect(await published.replace("p", bytes("2"), plain, seen)).toBe("replaced");
    expect(await published.replace("p", bytes("3"), plain, seen)).toBe("changed");
  });

  it("tells what is not there from what is empty", async () => {
    const { evidence } = await memoryBuckets();
    await evidence.create("empty", new Uint8Array(), plain);
    expect((await evidence.read("empty"))?.bytes.length).toBe(0);
    expect(await evidence.read("none")).toBeUndefined();
  });

  it("lists every key below a prefix, over more than one page", async () => {
    const { evidence } = await memoryBuckets();
    const keys = Array.from({ length: 1100 }, (_, n) => `a/${String(n).padStart(4, "0")}`);
    await Promise.all([...keys, "b/1"].map((key) => evidence.create(key, bytes("x"), plain)));
    expect(await evidence.list("a/")).toEqual(keys);
  });

  it("answers a racing create that S3 calls a conflict by trying again", async () => {
    const { cloud, evidence } = await memoryBuckets();
    const conflict = {
      operation: "PutObject",
      effect: "fail",
      statusCode: 409,
      code: "ConditionalRequestConflict",
    } as const;
    cloud.fault(conflict);
    expect(await evidence.create("k", bytes("1"), plain)).toBe("created");
  });
});

describe("a queue", () => {
  it("sends any number of messages, in batches, each once", async () => {
    const { cloud } = await memoryBuckets();
    const credentials = { accessKeyId: "test", secretAccessKey: "test" };
    const client = new SQSClient({ region: "us-east-1", credentials, requestHandler: cloud.requestHandler });
    const url = cloud.createQueue("q");
    const queue = sqsQueue(client, url);
    await queue.send(Array.from({ length: 23 }, (_, n) => ({ body: `message ${n}` })));
    const seen: string[] = [];
    for (;;) {
      const { Messages } = await client.send(new ReceiveMessageCommand({ QueueUrl: url, MaxNumberOfMessages: 10 }));
      if (Messages === undefined || Messages.length === 0) break;
      for (const { Body } of Messages) seen.push(Body ?? "");
    }
    expect(seen.toSorted()).toEqual(Array.from({ length: 23 }, (_, n) => `message ${n}`).toSorted());
  });
});
