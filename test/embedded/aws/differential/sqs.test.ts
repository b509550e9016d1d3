import { SQSClient } from "@aws-sdk/client-sqs";
import { realClock } from "#embedded/aws/clock.ts";
import { embeddedCloud } from "#embedded/aws/cloud.ts";
import { clientsOf } from "../clients.ts";
import { holdToFauxqs } from "./hold.ts";
import { sqsDifferences } from "./known-differences.ts";
import { sqsScript } from "./sqs-script.ts";

const credentials = { accessKeyId: "test", secretAccessKey: "test" };

holdToFauxqs({
  ...{ service: "SQS", differences: sqsDifferences, agreeing: 60 },
  async theirs(endpoint) {
    const client = new SQSClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
    return sqsScript(client).finally(() => client.destroy());
  },
  ours: () => sqsScript(clientsOf(embeddedCloud({ clock: realClock() })).sqs),
});
