import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { KMSClient } from "@aws-sdk/client-kms";
import { S3Client } from "@aws-sdk/client-s3";
import { SecretsManagerClient } from "@aws-sdk/client-secrets-manager";
import { ReceiveMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { afterEach, describe, expect, it } from "vitest";
import { clientSettings } from "#aws/client-settings.ts";
import { kmsSigner } from "#aws/kms.ts";
import { s3Objects } from "#aws/objects.ts";
import { sqsQueue } from "#aws/queue.ts";
import { secretsManager } from "#aws/secrets.ts";
import { memoryBuckets } from "#test/support/buckets.ts";

/** What the real SDK makes of services that are slow, silent or in trouble, over a socket. */
const credentials = { accessKeyId: "test", secretAccessKey: "test" };
const open: Server[] = [];
afterEach(() => {
  for (const server of open.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

type Answer = Parameters<typeof createServer>[1];

async function serving(answer: NonNullable<Answer>) {
  const server = createServer(answer);
  open.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const endpoint = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const requestHandler = { ...clientSettings.requestHandler, requestTimeout: 300 };
  return {
    ...clientSettings,
    endpoint,
    credentials,
    region: "us-east-1",
    forcePathStyle: true,
    maxAttempts: 1,
    requestHandler,
  };
}

const passing = { code: "internal", retryable: true };

describe("a service that does not answer", () => {
  it("is given up, and the task is tried again", async () => {
    const settings = await serving(() => undefined);
    const begun = performance.now();
    await expect(s3Objects(new S3Client(settings), "b").read("k")).rejects.toMatchObject(passing);
    await expect(sqsQueue(new SQSClient(settings), `${settings.endpoint}/1/q`).hide("r", 1)).rejects.toMatchObject(
      passing,
    );
    expect(performance.now() - begun).toBeLessThan(20_000);
  });

  it("in the middle of an object is given up as well", async () => {
    const settings = await serving((_, response) => response.writeHead(200, { "content-length": "100" }).write("half"));
    await expect(s3Objects(new S3Client(settings), "b", 300).read("k")).rejects.toMatchObject(passing);
  });
});

describe("a service that slows us down or breaks", () => {
  const refusing = (status: number, name: string) =>
    serving((_, response) =>
      response.writeHead(status, { "x-amzn-errortype": name }).end(JSON.stringify({ __type: name })),
    );

  it.each([
    [500, "InternalServiceError"],
    [400, "ThrottlingException"],
  ])("with %i %s passes: secrets, signatures and messages are tried again", async (status, name) => {
    const settings = await refusing(status, name);
    await expect(secretsManager(Date.now, new SecretsManagerClient(settings))("s", true)).rejects.toMatchObject(
      passing,
    );
    await expect(kmsSigner("k", new KMSClient(settings)).sign(new Uint8Array(1))).rejects.toMatchObject(passing);
    const queue = sqsQueue(new SQSClient(settings), `${settings.endpoint}/1/q`);
    await expect(queue.send([{ body: "{}" }])).rejects.toMatchObject(passing);
  });

  it("with a refusal that stays one is not tried again, and says what was asked", async () => {
    const settings = await refusing(400, "AccessDeniedException");
    const refused = { code: "internal", retryable: false, message: expect.stringContaining("AccessDenied") };
    await expect(secretsManager(Date.now, new SecretsManagerClient(settings))("s", true)).rejects.toMatchObject(
      refused,
    );
  });

  it("lets messages wait for a queue or a right that is still on its way", async () => {
    const settings = await refusing(400, "com.amazonaws.sqs#QueueDoesNotExist");
    const queue = sqsQueue(new SQSClient(settings), `${settings.endpoint}/1/q`);
    await expect(queue.send([{ body: "{}" }])).rejects.toMatchObject(passing);
  });
});

it("a message may hold every character of JSON, also those that SQS refuses", async () => {
  const { cloud } = await memoryBuckets();
  const client = new SQSClient({ region: "us-east-1", credentials, requestHandler: cloud.requestHandler });
  const url = cloud.createQueue("q");
  const said = { image: "odd:\uFFFF\uFFFE\u0001\uD800" };
  await sqsQueue(client, url).send([{ body: JSON.stringify(said) }]);
  const { Messages = [] } = await client.send(new ReceiveMessageCommand({ QueueUrl: url }));
  expect(Messages.map(({ Body = "" }) => JSON.parse(Body))).toEqual([said]);
});
