import { S3Client } from "@aws-sdk/client-s3";
import { type Message, ReceiveMessageCommand, SendMessageCommand, SQSClient } from "@aws-sdk/client-sqs";
import { type ManualClock, manualClock } from "#embedded/aws/clock.ts";
import { type EmbeddedCloud, type EmbeddedCloudOptions, embeddedCloud } from "#embedded/aws/cloud.ts";
import { seeded } from "#test/support/seeded.ts";

const CREDENTIALS = { accessKeyId: "test", secretAccessKey: "test" };

export interface TestCloud {
  readonly cloud: EmbeddedCloud;
  readonly clock: ManualClock;
  readonly sqs: SQSClient;
  readonly s3: S3Client;
}

/** A cloud on a clock that stands still, with real SDK clients that do not retry. */
export function testCloud(options: EmbeddedCloudOptions = {}): TestCloud {
  const clock = manualClock();
  const cloud = embeddedCloud({ clock, random: seeded(1), ...options });
  return { cloud, clock, ...clientsOf(cloud) };
}

/** SDK clients of a cloud. `maxAttempts` 1 shows each refusal as it is. */
export function clientsOf(cloud: EmbeddedCloud, maxAttempts = 1): { sqs: SQSClient; s3: S3Client } {
  const { requestHandler } = cloud;
  const config = { requestHandler, region: "us-east-1", credentials: CREDENTIALS, maxAttempts };
  return { sqs: new SQSClient(config), s3: new S3Client(config) };
}

/** Sends bodies one after the other. */
export async function sendAll(sqs: SQSClient, url: string, bodies: readonly string[], group?: string): Promise<void> {
  for (const body of bodies) {
    const fair = group === undefined ? {} : { MessageGroupId: group };
    await sqs.send(new SendMessageCommand({ QueueUrl: url, MessageBody: body, ...fair }));
  }
}

/** One short poll for up to `max` messages, with all attributes. */
export async function receive(sqs: SQSClient, url: string, max = 10): Promise<Message[]> {
  const answer = await sqs.send(
    new ReceiveMessageCommand({
      QueueUrl: url,
      MaxNumberOfMessages: max,
      MessageSystemAttributeNames: ["All"],
      MessageAttributeNames: ["All"],
    }),
  );
  return answer.Messages ?? [];
}

export function bodies(messages: readonly Message[]): (string | undefined)[] {
  return messages.map(({ Body }) => Body).sort();
}
