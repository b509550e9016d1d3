import { ChangeMessageVisibilityBatchCommand, DeleteMessageBatchCommand, type SQSClient } from "@aws-sdk/client-sqs";
import { bodiesOf, countsOf, entriesOf, sqsCalls } from "./sqs-calls.ts";
import type { Steps } from "./steps.ts";

/** Messages as they are received: who has them until when, and what a receipt is good for. */
export async function delivery(sqs: SQSClient, { step }: Steps): Promise<void> {
  const { create, attributes, send, receive, change, remove } = sqsCalls(sqs);
  const url = (await create("delivery", { VisibilityTimeout: "40" })).QueueUrl ?? "";
  const receipt = async () => (await receive(url)).Messages?.[0]?.ReceiptHandle;

  await send(url, "one");
  const first = await receipt();
  await step("receive: nothing while it is in flight", () => receive(url), bodiesOf);
  await step("counts: in flight", () => attributes(url), countsOf);
  await step("visibility: over 12 hours", () => change(url, first, 43_201));
  await step("visibility: below zero", () => change(url, first, -1));
  await step("visibility: longer", () => change(url, first, 900));
  await step("visibility: to zero", () => change(url, first, 0));
  await step("visibility: of what nobody has", () => change(url, first, 10));
  const second = await receipt();
  await step("delete: by an outdated receipt", () => remove(url, first));
  await step("counts: after the outdated receipt", () => attributes(url), countsOf);
  await step("delete: by the newest receipt", () => remove(url, second));
  await step("counts: after the newest receipt", () => attributes(url), countsOf);
  await step("delete: once more", () => remove(url, second));
  await step("visibility: of what is deleted", () => change(url, second, 10));
  await step("delete: by no receipt at all", () => remove(url, "nonsense"));
  await step("visibility: by no receipt at all", () => change(url, "nonsense", 10));

  await step("receive: no messages wanted", () => receive(url, { MaxNumberOfMessages: 0 }), bodiesOf);
  await step("receive: eleven wanted", () => receive(url, { MaxNumberOfMessages: 11 }), bodiesOf);
  await step("receive: a wait of 21 seconds", () => receive(url, { WaitTimeSeconds: 21 }), bodiesOf);
  await step("receive: hidden for over 12 hours", () => receive(url, { VisibilityTimeout: 43_201 }), bodiesOf);
  const woken = receive(url, { WaitTimeSeconds: 20 });
  await send(url, "wakes");
  await step("receive: a long poll wakes when something is sent", () => woken, bodiesOf);

  for (const body of ["a", "b", "c"]) await send(url, body);
  const { Messages = [] } = await receive(url);
  const Entries = Messages.map(({ ReceiptHandle }, index) => ({ Id: `m${index}`, ReceiptHandle }));
  const bad = { Id: "bad", ReceiptHandle: "nonsense" };
  const changeAll = (entries: typeof Entries) =>
    sqs.send(
      new ChangeMessageVisibilityBatchCommand({
        QueueUrl: url,
        Entries: entries.map((entry) => ({ ...entry, VisibilityTimeout: 60 })),
      }),
    );
  const removeAll = (entries: typeof Entries) =>
    sqs.send(new DeleteMessageBatchCommand({ QueueUrl: url, Entries: entries }));
  await step("batch: visibility of three", () => changeAll(Entries), entriesOf);
  await step("batch: visibility with a receipt that is none", () => changeAll([...Entries, bad]), entriesOf);
  await step("batch: delete with one id twice", () => removeAll([...Entries, ...Entries]), entriesOf);
  await step("batch: delete nothing", () => removeAll([]), entriesOf);
  await step("batch: delete with a receipt that is none", () => removeAll([...Entries, bad]), entriesOf);
  await step("batch: delete three once more", () => removeAll(Entries), entriesOf);
}
