import { S3Client } from "@aws-sdk/client-s3";
import { startFauxqs } from "fauxqs";
import { beforeAll, describe, expect, it } from "vitest";
import { embeddedCloud } from "#embedded/aws/cloud.ts";
import { clientsOf } from "../clients.ts";
import { s3Differences } from "./known-differences.ts";
import { s3Script } from "./s3-script.ts";
import type { Outcomes } from "./steps.ts";

let ours: Outcomes;
let theirs: Outcomes;
beforeAll(async () => {
  const server = await startFauxqs({ port: 0, logger: false });
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const endpoint = `http://127.0.0.1:${server.port}`;
  const client = new S3Client({ endpoint, region: "us-east-1", credentials, maxAttempts: 1, forcePathStyle: true });
  try {
    theirs = await s3Script(client);
    ours = await s3Script(clientsOf(embeddedCloud()).s3);
  } finally {
    client.destroy();
    await server.stop();
  }
}, 120_000);

describe("the embedded S3 and fauxqs, by one script", () => {
  it("answer alike, but where the table of differences says otherwise", () => {
    const agreeing = (all: Outcomes) => [...all].filter(([name]) => !(name in s3Differences));
    expect(agreeing(ours).length).toBeGreaterThan(25);
    expect(agreeing(ours)).toEqual(agreeing(theirs));
  });

  it.each(Object.entries(s3Differences))("differ at: %s", (name, { ours: own, theirs: other }) => {
    expect(ours.get(name)).toEqual(own);
    expect(theirs.get(name)).toEqual(other);
    expect(own).not.toEqual(other);
  });
});
