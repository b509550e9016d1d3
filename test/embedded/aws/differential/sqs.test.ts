import { SQSClient } from "@aws-sdk/client-sqs";
import { startFauxqs } from "fauxqs";
import { beforeAll, describe, expect, it } from "vitest";
import { realClock } from "#embedded/aws/clock.ts";
import { embeddedCloud } from "#embedded/aws/cloud.ts";
import { clientsOf } from "../clients.ts";
import { sqsDifferences } from "./known-differences.ts";
import { sqsScript } from "./sqs-script.ts";
import type { Outcomes } from "./steps.ts";

let ours: Outcomes;
let theirs: Outcomes;
beforeAll(async () => {
  const server = await startFauxqs({ port: 0, logger: false });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = new SQSClient({ endpoint, region: "us-east-1", credentials, maxAttempts: 1 });
  try {
    theirs = await sqsScript(client);
    ours = await sqsScript(clientsOf(embeddedCloud({ clock: realClock() })).sqs);
  } finally {
    client.destroy();
    await server.stop();
  }
}, 120_000);

describe("the embedded SQS and fauxqs, by one script", () => {
  it("answer alike, but where the table of differences says otherwise", () => {
    const agreeing = (all: Outcomes) => [...all].filter(([name]) => !(name in sqsDifferences));
    expect(agreeing(ours).length).toBeGreaterThan(60);
    expect(agreeing(ours)).toEqual(agreeing(theirs));
  });

  it.each(Object.entries(sqsDifferences))("differ at: %s", (name, { ours: own, theirs: other }) => {
    expect(ours.get(name)).toEqual(own);
    expect(theirs.get(name)).toEqual(other);
    expect(own).not.toEqual(other);
  });
});
