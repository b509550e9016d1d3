import { S3Client } from "@aws-sdk/client-s3";
import { embeddedCloud } from "#embedded/aws/cloud.ts";
import { clientsOf } from "../clients.ts";
import { holdToFauxqs } from "./hold.ts";
import { s3Differences } from "./known-differences.ts";
import { s3Script } from "./s3-script.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

holdToFauxqs({
  ...{ service: "S3", differences: s3Differences, agreeing: 25 },
  async theirs(endpoint) {
    const client = new S3Client({ endpoint, region: "us-east-1", credentials, maxAttempts: 1, forcePathStyle: true });
    return s3Script(client).finally(() => client.destroy());
  },
  ours: () => s3Script(clientsOf(embeddedCloud()).s3),
});
