import { S3Client } from "@aws-sdk/client-s3";
import { s3Objects } from "#aws/objects.ts";
import { embeddedCloud } from "#embedded/aws/cloud.ts";

/** Both buckets in memory, behind the real SDK client. */
export async function memoryBuckets() {
  const cloud = embeddedCloud();
  await cloud.createBucket("evidence", { createOnly: true, versioned: true });
  await cloud.createBucket("published", { conditional: true, versioned: true });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const s3 = new S3Client({ region: "us-east-1", credentials, requestHandler: cloud.requestHandler });
  return { cloud, evidence: s3Objects(s3, "evidence"), published: s3Objects(s3, "published") };
}
