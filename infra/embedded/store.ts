import { S3Client } from "@aws-sdk/client-s3";
import { s3Objects } from "#aws/objects.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { embeddedCloud } from "./aws/cloud.ts";

/** The published bucket of a store on this machine, without queues and functions around it. */
export async function openStore(store: string): Promise<{ readonly published: ObjectStore; close(): void }> {
  const cloud = embeddedCloud({ store });
  await cloud.createBucket("published", { conditional: true, versioned: true });
  const credentials = { accessKeyId: "embedded", secretAccessKey: "embedded" };
  const s3 = new S3Client({ region: "us-east-1", credentials, requestHandler: cloud.requestHandler });
  return { published: s3Objects(s3, "published"), close: () => s3.destroy() };
}
