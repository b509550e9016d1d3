import {
  DeleteQueueCommand,
  GetQueueAttributesCommand,
  GetQueueUrlCommand,
  ListDeadLetterSourceQueuesCommand,
  ListQueuesCommand,
  PurgeQueueCommand,
  type QueueAttributeName,
  SetQueueAttributesCommand,
  type SQSClient,
  StartMessageMoveTaskCommand,
} from "@aws-sdk/client-sqs";
import { bodiesOf, countsOf, sqsCalls } from "./sqs-calls.ts";
import type { Steps } from "./steps.ts";

/** Queues: made, set up, found, emptied, removed; where their dead letters go and how those come back. */
export async function administration(sqs: SQSClient, { step }: Steps): Promise<void> {
  const { create, attributes, send, receive } = sqsCalls(sqs);
  const set = (QueueUrl: string, Attributes: Record<string, string>) =>
    sqs.send(new SetQueueAttributesCommand({ QueueUrl, Attributes }));
  const dead = (await create("dead")).QueueUrl ?? "";
  const { QueueArn: deadArn = "" } = await attributes(dead);
  const redrive = (maxReceiveCount: number, deadLetterTargetArn = deadArn) =>
    JSON.stringify({ deadLetterTargetArn, maxReceiveCount });

  await step("create: a queue", () => create("made", { VisibilityTimeout: "40", RedrivePolicy: redrive(2) }));
  await step("create: the same again", () => create("made", { VisibilityTimeout: "40", RedrivePolicy: redrive(2) }));
  await step("create: same name, other attributes", () => create("made", { VisibilityTimeout: "41" }));
  await step("create: a name with a dot", () => create("a.b"));
  await step("create: a name of 81 characters", () => create("n".repeat(81)));
  await step("create: an unknown attribute", () => create("x1", { Colour: "red" }));
  await step("create: a visibility over 12 hours", () => create("x2", { VisibilityTimeout: "43201" }));
  await step("create: a retention under a minute", () => create("x3", { MessageRetentionPeriod: "59" }));
  await step("create: dead letters to nowhere", () => create("x4", { RedrivePolicy: redrive(2, `${deadArn}-no`) }));
  await step("create: a receive count of zero", () => create("x5", { RedrivePolicy: redrive(0) }));
  await step("create: a policy that is no JSON", () => create("x6", { RedrivePolicy: "{" }));
  await step("create: a FIFO queue", () => create("x.fifo", { FifoQueue: "true" }));

  const url = (await sqs.send(new GetQueueUrlCommand({ QueueName: "made" }))).QueueUrl ?? "";
  await step("url: of an unknown queue", () => sqs.send(new GetQueueUrlCommand({ QueueName: "nowhere" })));
  const names = [
    "VisibilityTimeout",
    "DelaySeconds",
    "MessageRetentionPeriod",
    "ReceiveMessageWaitTimeSeconds",
  ] as const;
  await step(
    "attributes: defaults",
    () => attributes(url),
    (all) => names.map((name) => `${name} ${all[name]}`),
  );
  await step(
    "attributes: one by its name",
    () => sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: ["DelaySeconds"] })),
    ({ Attributes }) => Attributes,
  );
  const unknown = "Colour" as QueueAttributeName;
  await step("attributes: an unknown one", () =>
    sqs.send(new GetQueueAttributesCommand({ QueueUrl: url, AttributeNames: [unknown] })),
  );
  await step("set: a delay", () => set(url, { DelaySeconds: "7" }));
  await step(
    "attributes: after set",
    () => attributes(url),
    ({ DelaySeconds }) => DelaySeconds,
  );
  await step("set: a delay over 15 minutes", () => set(url, { DelaySeconds: "901" }));
  await step("set: an unknown attribute", () => set(url, { Colour: "red" }));
  await step(
    "list: by the beginning of a name",
    () => sqs.send(new ListQueuesCommand({ QueueNamePrefix: "ma" })),
    ({ QueueUrls = [] }) => QueueUrls.map((each) => each.split("/").at(-1)),
  );
  await step(
    "list: queues with this dead-letter queue",
    () => sqs.send(new ListDeadLetterSourceQueuesCommand({ QueueUrl: dead })),
    ({ queueUrls = [] }) => queueUrls.map((each) => each.split("/").at(-1)),
  );
  await send(url, "delayed by its queue");
  await step("purge", () => sqs.send(new PurgeQueueCommand({ QueueUrl: url })));
  await step("counts: after the purge", () => attributes(url), countsOf);
  await set(url, { DelaySeconds: "0" });
  await send(url, "poison");
  for (let receives = 0; receives < 2; receives += 1) await receive(url, { VisibilityTimeout: 0 });
  await step("dead letters: the receive that moves it", () => receive(url), bodiesOf);
  await step("dead letters: are in their queue", () => receive(dead, { VisibilityTimeout: 0 }), bodiesOf);
  await step(
    "dead letters: say where they come from",
    () => receive(dead, { VisibilityTimeout: 0 }),
    ({ Messages = [] }) => Messages.map(({ Attributes = {} }) => "DeadLetterQueueSourceArn" in Attributes),
  );
  await step("dead letters: go back by a move task", () =>
    sqs.send(new StartMessageMoveTaskCommand({ SourceArn: deadArn })),
  );
  await step("delete: a queue", () => sqs.send(new DeleteQueueCommand({ QueueUrl: url })));
  await step("delete: sending to a queue that is gone", () => send(url, "x"));
}
