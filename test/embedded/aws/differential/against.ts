import { S3Client } from "@aws-sdk/client-s3";
import { SQSClient } from "@aws-sdk/client-sqs";
import { embeddedCloud } from "#embedded/aws/cloud.ts";
import { s3Script } from "./s3-script.ts";
import { sqsScript } from "./sqs-script.ts";
import type { Outcomes } from "./steps.ts";

/**
 * Runs both scripts against another stand-in, or a scratch account of AWS itself, and prints where it differs from the
 * embedded services. By hand only: it leaves its queues and bucket behind, and what it prints wants a judge.
 * Usage: `npm run second-opinion -- http://127.0.0.1:5000`
 */
const [endpoint] = process.argv.slice(2);
if (endpoint === undefined || !URL.canParse(endpoint)) {
  process.stderr.write("usage: npm run second-opinion -- ENDPOINT-URL\n");
  process.exit(2);
}
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const theirs = { endpoint, region: "us-east-1", credentials, maxAttempts: 1 };
const { requestHandler } = embeddedCloud();
const ours = { requestHandler, region: "us-east-1", credentials, maxAttempts: 1 };

function show(service: string, own: Outcomes, other: Outcomes): void {
  const differing = [...own].filter(([name, outcome]) => JSON.stringify(outcome) !== JSON.stringify(other.get(name)));
  process.stdout.write(`${service}: ${own.size} steps, ${differing.length} differ\n`);
  for (const [name, outcome] of differing) {
    process.stdout.write(
      `  ${name}\n    ours   ${JSON.stringify(outcome)}\n    theirs ${JSON.stringify(other.get(name))}\n`,
    );
  }
}

const forcePathStyle = true;
show("S3", await s3Script(new S3Client(ours)), await s3Script(new S3Client({ ...theirs, forcePathStyle })));
show("SQS", await sqsScript(new SQSClient(ours)), await sqsScript(new SQSClient(theirs)));
process.exit(0);
