import type { MessageAttributeValue, SQSClient } from "@aws-sdk/client-sqs";
import { bodiesOf, countsOf, entriesOf, messagesOf, sqsCalls } from "./sqs-calls.ts";
import type { Steps } from "./steps.ts";

/** Messages as they are sent, alone and in batches: what is kept of them and what is refused. */
export async function sending(sqs: SQSClient, { step }: Steps): Promise<void> {
  const { create, attributes, send, sendBatch, receive } = sqsCalls(sqs);
  const url = (await create("sending", { VisibilityTimeout: "40" })).QueueUrl ?? "";
  const drain = async () => {
    while (((await receive(url, { VisibilityTimeout: 900 })).Messages ?? []).length > 0);
  };

  const MessageAttributes: Record<string, MessageAttributeValue> = {
    text: { DataType: "String", StringValue: "é" },
    number: { DataType: "Number", StringValue: "1" },
    bytes: { DataType: "Binary", BinaryValue: new Uint8Array([0, 1, 255]) },
  };
  await step(
    "send: with attributes",
    () => send(url, "ünï", { MessageAttributes }),
    (sent) => [sent.MD5OfMessageBody, sent.MD5OfMessageAttributes],
  );
  await step("counts: after a send", () => attributes(url), countsOf);
  await step("receive: all attributes", () => receive(url, { VisibilityTimeout: 0 }), messagesOf);
  const asking = (names: string[]) => receive(url, { VisibilityTimeout: 0, MessageAttributeNames: names });
  const named = ({ Messages = [] }: Awaited<ReturnType<typeof receive>>) =>
    Messages.map((message) => Object.keys(message.MessageAttributes ?? {}).toSorted());
  await step("receive: attributes by a prefix", () => asking(["te.*"]), named);
  await step("receive: one attribute by its name", () => asking(["number"]), named);
  await step("receive: no attributes", () => asking([]), named);
  await step(
    "receive: one system attribute",
    () => receive(url, { VisibilityTimeout: 0, MessageSystemAttributeNames: ["SenderId"] }),
    ({ Messages = [] }) => Messages.map(({ Attributes = {} }) => Object.keys(Attributes)),
  );
  await drain();

  const attribute = (name: string, value: MessageAttributeValue) =>
    send(url, "x", { MessageAttributes: { [name]: value } });
  const text: MessageAttributeValue = { DataType: "String", StringValue: "x" };
  await step("send: an attribute without a value", () => attribute("a", { DataType: "String", StringValue: "" }));
  await step("send: an attribute of an unknown type", () => attribute("a", { ...text, DataType: "Colour" }));
  await step("send: an attribute with a type of its own", () => attribute("a", { ...text, DataType: "String.colour" }));
  await step("send: an attribute of AWS's own name", () => attribute("AWS.a", text));
  await step("send: an attribute with a space in its name", () => attribute("a b", text));
  const eleven = Object.fromEntries(Array.from({ length: 11 }, (_, index) => [`a${index}`, text]));
  await step("send: eleven attributes", () => send(url, "x", { MessageAttributes: eleven }));
  await step("send: nothing", () => send(url, ""));
  await step("send: a character that XML has not", () => send(url, "\u0001"));
  await step("send: tab, newline and an emoji", () => send(url, "\t\n🦫"));
  await step("send: a MiB", () => send(url, "x".repeat(2 ** 20)));
  await step("send: over a MiB", () => send(url, "x".repeat(2 ** 20 + 1)));
  await step("send: a delay over 15 minutes", () => send(url, "x", { DelaySeconds: 901 }));
  await drain();
  const small = (await create("small", { MaximumMessageSize: "1024" })).QueueUrl ?? "";
  await step("send: more than the queue's own limit", () => send(small, "x".repeat(1_025)));

  const trace = { AWSTraceHeader: { DataType: "String", StringValue: "Root=1-5759e988-bd862e3fe1be46a994272793" } };
  await send(url, "traced", { MessageSystemAttributes: trace });
  await step(
    "receive: the trace header",
    () => receive(url, { VisibilityTimeout: 900 }),
    ({ Messages = [] }) => Messages.map(({ Attributes }) => Attributes?.AWSTraceHeader),
  );
  await step("send: with a message group, for a fair queue", () =>
    send(url, "grouped", { MessageGroupId: "tenant-1" }),
  );
  await step(
    "receive: the message group",
    () => receive(url, { VisibilityTimeout: 900 }),
    ({ Messages = [] }) => Messages.map(({ Body, Attributes }) => [Body, Attributes?.MessageGroupId]),
  );
  await step("send: a message group of 129 characters", () => send(url, "x", { MessageGroupId: "g".repeat(129) }));
  await drain();

  const entries = (count: number, MessageBody = "x") =>
    Array.from({ length: count }, (_, index) => ({ Id: `e${index}`, MessageBody }));
  await step("batch: ten entries", () => sendBatch(url, entries(10)), entriesOf);
  await step("batch: eleven entries", () => sendBatch(url, entries(11)), entriesOf);
  await step("batch: no entries", () => sendBatch(url, []), entriesOf);
  await step("batch: one id twice", () => sendBatch(url, [...entries(1), ...entries(1)]), entriesOf);
  await step("batch: an id with a dot", () => sendBatch(url, [{ Id: "a.b", MessageBody: "x" }]), entriesOf);
  await step("batch: over a MiB together", () => sendBatch(url, entries(2, "x".repeat(600_000))), entriesOf);
  await step(
    "batch: one bad character",
    () => sendBatch(url, [...entries(1), { Id: "bad", MessageBody: "\u0001" }]),
    entriesOf,
  );
  await drain();
  await step(
    "batch: one delayed",
    () => sendBatch(url, [{ Id: "late", MessageBody: "late", DelaySeconds: 900 }]),
    entriesOf,
  );
  await step("receive: nothing while it is delayed", () => receive(url), bodiesOf);
}
