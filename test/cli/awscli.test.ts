import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { s3Objects } from "#aws/objects.ts";
import { completeKey } from "#contract/keys.ts";
import { embeddedCloud } from "#embedded/aws/cloud.ts";
import { type AwsUp, awsUp, newStore } from "#test/support/aws-up.ts";
import { finishedScan } from "#test/support/finished-scan.ts";

let aws: AwsUp;
let scanId: string;
beforeAll(async () => {
  const store = newStore();
  const cloud = embeddedCloud({ store });
  await cloud.createBucket("evidence", { createOnly: true, versioned: true });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const s3 = new S3Client({ region: "us-east-1", credentials, requestHandler: cloud.requestHandler });
  scanId = await finishedScan(s3Objects(s3, "evidence"), { containers: [{ compliance: 75 }] });
  aws = await awsUp(store);
}, 120_000);
afterAll(() => aws?.down(), 120_000);

describe("Debian's awscli, over HTTP", { timeout: 120_000 }, () => {
  it("lists buckets, folders and reports", async () => {
    const [buckets, folders] = await Promise.all([
      aws.awscli(["s3", "ls"]),
      aws.awscli(["s3", "ls", `s3://evidence/runs/v1/${scanId}/`]),
    ]);
    expect(buckets.stdout).toMatch(/ evidence\n.* published\n/);
    expect(folders.stdout).toMatch(/PRE expected\//);
    expect(folders.stdout).toMatch(/\d complete\.json/);
  });

  it("copies a report, byte for byte", async () => {
    const copy = join(aws.store, "copy.json");
    await aws.ask("s3", "cp", "--quiet", `s3://evidence/${completeKey(scanId)}`, copy);
    expect(readFileSync(copy, "utf8")).toBe(readFileSync(join(aws.store, "evidence", completeKey(scanId)), "utf8"));
  });

  it("reads by key, and pages through a listing", async () => {
    const file = join(aws.store, "got.json");
    const get = ["--bucket", "evidence", "--key", completeKey(scanId)];
    const list = ["--bucket", "evidence", "--prefix", `runs/v1/${scanId}/`, "--page-size", "1"];
    const [head, got, all, old] = await Promise.all([
      aws.ask("s3api", "head-object", ...get),
      aws.ask("s3api", "get-object", ...get, file),
      aws.ask("s3api", "list-objects-v2", ...list, "--query", "Contents[].Key"),
      aws.ask("s3api", "list-objects", ...list, "--query", "Contents[].Key"),
    ]);
    const size = readFileSync(file).byteLength;
    expect(head).toMatchObject({ ContentLength: size, ContentType: "application/json" });
    expect(got).toMatchObject({ ContentLength: size });
    expect(all).toContain(completeKey(scanId));
    expect(all).toHaveLength(new Set(all as string[]).size);
    expect(old).toEqual(all);
  });

  it("writes into a bucket of its own, and is refused where evidence lies", async () => {
    const file = join(aws.store, "note.txt");
    writeFileSync(file, "grüße\n");
    await aws.awscli(["s3", "mb", "s3://notes"]);
    await aws.ask("s3", "cp", "--quiet", file, "s3://notes/a/note.txt");
    expect((await aws.awscli(["s3", "cp", "s3://notes/a/note.txt", "-"])).stdout).toBe("grüße\n");
    const refused = await aws.awscli(["s3", "cp", file, "s3://evidence/note.txt"]);
    expect(refused.code).toBe(1);
    expect(refused.stderr).toContain("AccessDenied");
  });

  it("sends requests to the queue, receives and counts them", async () => {
    const queue = ["--queue-url", aws.requestQueueUrl];
    const body = '{"note": "<&> grüße"}';
    const attributes = JSON.stringify({ schema: { DataType: "String", StringValue: "scan-request/1" } });
    await aws.ask("sqs", "send-message", ...queue, "--message-body", body, "--message-attributes", attributes);
    expect(await aws.ask("sqs", "get-queue-attributes", ...queue, "--attribute-names", "All")).toMatchObject({
      Attributes: { ApproximateNumberOfMessages: "1", VisibilityTimeout: "5400" },
    });
    const all = ["--attribute-names", "All", "--message-attribute-names", "All"];
    const received = (await aws.ask("sqs", "receive-message", ...queue, ...all)) as {
      Messages: { Body: string; ReceiptHandle: string; Attributes: object; MessageAttributes: object }[];
    };
    expect(received.Messages).toMatchObject([
      {
        Body: body,
        Attributes: { ApproximateReceiveCount: "1" },
        MessageAttributes: { schema: { StringValue: "scan-request/1" } },
      },
    ]);
    const receipt = received.Messages[0]?.ReceiptHandle ?? "";
    await aws.ask(
      "sqs",
      "change-message-visibility",
      ...queue,
      "--receipt-handle",
      receipt,
      "--visibility-timeout",
      "5",
    );
    await aws.ask("sqs", "delete-message", ...queue, "--receipt-handle", receipt);
    expect(await aws.ask("sqs", "get-queue-attributes", ...queue, "--attribute-names", "All")).toMatchObject({
      Attributes: { ApproximateNumberOfMessages: "0", ApproximateNumberOfMessagesNotVisible: "0" },
    });
  });

  it("is told of refusals by the codes of its protocol", async () => {
    const [missing, unsigned, foreign] = await Promise.all([
      aws.awscli(["sqs", "get-queue-url", "--queue-name", "nowhere"]),
      aws.awscli(["--no-sign-request", "s3", "ls"]),
      aws.awscli(["sqs", "list-queues"], { AWS_ACCESS_KEY_ID: "AKIASOMEBODYELSE" }),
    ]);
    expect(missing.stderr).toContain("(AWS.SimpleQueueService.NonExistentQueue)");
    expect(unsigned.stderr).toContain("(InvalidAccessKeyId)");
    expect(foreign.stderr).toContain("(InvalidClientTokenId)");
  });
});
