import { S3Client } from "@aws-sdk/client-s3";
import { afterAll, beforeAll, expect, it } from "vitest";
import { s3Objects } from "#aws/objects.ts";
import { completeKey } from "#contract/keys.ts";
import { Complete } from "#contract/run.ts";
import { readDocument } from "#ledger/documents.ts";
import { type AwsUp, awsUp, newStore } from "#test/support/aws-up.ts";
import { eventually, sharedCluster } from "#test/support/cluster.ts";

let aws: AwsUp;
beforeAll(async () => {
  const { kubeconfig } = await sharedCluster();
  aws = await awsUp(newStore(), "--kubeconfig", kubeconfig, "--context", "muster");
});
afterAll(() => aws?.down());

it("carries out a request that Debian's awscli sent, and shows it the report", async () => {
  const request = {
    ...{ schemaVersion: 1, requestId: "from-awscli", profile: "container-baseline" },
    targets: [{ cluster: "muster", namespaces: ["demo"], labelSelector: "app=weak" }],
  };
  const queue = ["--queue-url", aws.requestQueueUrl];
  await aws.ask("sqs", "send-message", ...queue, "--message-body", JSON.stringify(request));

  const { accessKeyId, s3 } = client(aws);
  expect(accessKeyId).toMatch(/^[A-Z0-9]{20}$/);
  const evidence = s3Objects(s3, "evidence");
  const complete = await eventually("the end of the scan", async () => {
    const key = (await evidence.list("runs/v1/")).find((each) => each.endsWith("/complete.json"));
    return key === undefined ? undefined : readDocument(evidence, key, Complete);
  });
  expect(complete.tally).toMatchObject({ scanned: 1, failed: 0, unscannable: 0 });
  expect(completeKey(complete.scanId)).toContain(complete.scanId);
  const listed = await aws.ask("s3api", "list-objects-v2", "--bucket", "evidence", "--query", "Contents[].Key");
  expect(listed).toContainEqual(expect.stringMatching(/^scans\/v1\/muster\/demo\/.*\/report\.html$/));
  s3.destroy();
});

function client({ url, environment }: AwsUp) {
  const accessKeyId = environment.AWS_ACCESS_KEY_ID ?? "";
  const credentials = { accessKeyId, secretAccessKey: "any" };
  return { accessKeyId, s3: new S3Client({ region: "us-east-1", endpoint: url, credentials }) };
}
