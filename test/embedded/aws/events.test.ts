import { EventBridgeClient, PutEventsCommand } from "@aws-sdk/client-eventbridge";
import { expect, it } from "vitest";
import { embeddedCloud } from "#embedded/aws/cloud.ts";

const bus = () => {
  const cloud = embeddedCloud();
  const credentials = { accessKeyId: "test", secretAccessKey: "test" };
  const client = new EventBridgeClient({ region: "us-east-1", credentials, requestHandler: cloud.requestHandler });
  const seen: unknown[] = [];
  cloud.onEvent(({ detail }) => seen.push(detail));
  const put = (...entries: object[]) => client.send(new PutEventsCommand({ Entries: entries }));
  return { put, seen };
};

it("takes the good entries of a call and refuses the others by themselves", async () => {
  const { put, seen } = bus();
  const good = { Source: "muster", DetailType: "t", Detail: '{"a":1}' };
  const answer = await put(good, { ...good, Detail: "{" }, { ...good, Source: "aws.s3" }, { ...good, DetailType: "" });
  expect(answer.FailedEntryCount).toBe(3);
  expect(answer.Entries?.map(({ ErrorCode }) => ErrorCode)).toEqual([
    undefined,
    "MalformedDetail",
    "NotAuthorizedForSourceException",
    "InvalidArgument",
  ]);
  expect(seen).toEqual([{ a: 1 }]);
});

it("refuses a call of more than ten entries as a whole", async () => {
  const { put, seen } = bus();
  const many = Array.from({ length: 11 }, () => ({ Source: "muster", DetailType: "t", Detail: "{}" }));
  await expect(put(...many)).rejects.toThrow("length must be 1 to 10");
  expect(seen).toEqual([]);
});
