import {
  DeleteMessageCommand,
  ListDeadLetterSourceQueuesCommand,
  PurgeQueueCommand,
  SetQueueAttributesCommand,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { expect, test } from "vitest";
import { bodies, receive, sendAll, type TestCloud, testCloud } from "./clients.ts";

interface Pair extends TestCloud {
  readonly url: string;
  readonly dead: string;
}

/** A queue that gives a message up after two receives. */
function pair(): Pair {
  const test = testCloud();
  const dead = test.cloud.createQueue("dead");
  const redrive = { deadLetterQueue: dead, maxReceiveCount: 2 };
  return { ...test, dead, url: test.cloud.createQueue("q", { visibilityTimeoutSeconds: 1, redrive }) };
}

async function giveUp({ clock, sqs, url }: Pair): Promise<void> {
  for (let receives = 0; receives < 3; receives++) {
    await receive(sqs, url);
    await clock.advance(1_000);
  }
}

test("a message that was received too often lands in the dead-letter queue, with its source and first time", async () => {
  const all = pair();
  const { sqs, clock, cloud, url, dead } = all;
  const sentAt = clock.now();
  await sendAll(sqs, url, ["poison"]);
  await giveUp(all);

  expect(await receive(sqs, url)).toEqual([]);
  const [message] = await receive(sqs, dead);
  expect(message?.Body).toBe("poison");
  expect(message?.Attributes).toMatchObject({
    DeadLetterQueueSourceArn: cloud.queueArn(url),
    SentTimestamp: String(sentAt),
  });
});

test("a message that is deleted in time never reaches the dead-letter queue", async () => {
  const all = pair();
  const { sqs, url, dead } = all;
  await sendAll(sqs, url, ["fine"]);
  const [message] = await receive(sqs, url);
  await sqs.send(new DeleteMessageCommand({ QueueUrl: url, ReceiptHandle: message?.ReceiptHandle }));
  await giveUp(all);

  expect(await receive(sqs, dead)).toEqual([]);
});

test("a move task sends messages back to where they came from, as new ones", async () => {
  const all = pair();
  const { sqs, cloud, url, dead } = all;
  await sendAll(sqs, url, ["poison"]);
  await giveUp(all);
  await sqs.send(new StartMessageMoveTaskCommand({ SourceArn: cloud.queueArn(dead) }));

  const [message] = await receive(sqs, url);
  expect(message?.Body).toBe("poison");
  expect(message?.Attributes?.ApproximateReceiveCount).toBe("1");
  expect(message?.Attributes?.DeadLetterQueueSourceArn).toBeUndefined();
});

test("a move task from a queue that is nobody's dead-letter queue is refused", async () => {
  const { sqs, cloud, url } = pair();
  const move = sqs.send(new StartMessageMoveTaskCommand({ SourceArn: cloud.queueArn(url) }));

  await expect(move).rejects.toThrow(/Dead Letter Queue/);
});

test("a dead-letter queue knows its sources", async () => {
  const { sqs, url, dead } = pair();
  const { queueUrls } = await sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead }));

  expect(queueUrls).toEqual([url]);
});

test("a redrive policy must name a queue that exists", async () => {
  const { sqs, url } = pair();
  const policy = { deadLetterTargetArn: "arn:aws:sqs:us-east-1:000000000000:nowhere", maxReceiveCount: 1 };
  const set = sqs.send(
    new SetQueueAttributesCommand({ QueueUrl: url, Attributes: { RedrivePolicy: JSON.stringify(policy) } }),
  );

  await expect(set).rejects.toThrow(/does not exist/);
});

test("a purge empties a queue", async () => {
  const { sqs, url } = pair();
  await sendAll(sqs, url, ["one", "two"]);
  await sqs.send(new PurgeQueueCommand({ QueueUrl: url }));

  expect(bodies(await receive(sqs, url))).toEqual([]);
});
