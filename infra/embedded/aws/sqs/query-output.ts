import type { WireResponse } from "../wire.ts";
import { queryCodeOf, type SqsError } from "./errors.ts";

/** What the members of an answer are called where they stand as a flattened list or map. */
const ITEMS: Readonly<Record<string, string>> = {
  Attributes: "Attribute",
  MessageAttributes: "MessageAttribute",
  Messages: "Message",
  QueueUrls: "QueueUrl",
  queueUrls: "QueueUrl",
  Failed: "BatchResultErrorEntry",
};

/** The answer to a call in the AWS Query protocol (version 2012-11-05): the members as XML. */
export function queryResponse(action: string, members: object, requestId: string): WireResponse {
  const result = xmlOf(members, action);
  const body = `<${action}Result>${result}</${action}Result><ResponseMetadata>${leaf("RequestId", requestId)}</ResponseMetadata>`;
  return answer(
    200,
    `<${action}Response xmlns="http://queue.amazonaws.com/doc/2012-11-05/">${body}</${action}Response>`,
    requestId,
  );
}

/** A refusal in the same protocol, with the code that it has for this error. */
export function queryErrorResponse(error: SqsError, requestId: string): WireResponse {
  const type = error.statusCode >= 500 ? "Receiver" : "Sender";
  const fields = [leaf("Type", type), leaf("Code", queryCodeOf(error)), leaf("Message", error.message)].join("");
  const body = `<Error>${fields}<Detail/></Error>${leaf("RequestId", requestId)}`;
  return answer(
    error.statusCode,
    `<ErrorResponse xmlns="http://queue.amazonaws.com/doc/2012-11-05/">${body}</ErrorResponse>`,
    requestId,
  );
}

function answer(statusCode: number, document: string, requestId: string): WireResponse {
  return {
    statusCode,
    headers: { "content-type": "text/xml", "x-amzn-requestid": requestId },
    body: Buffer.from(`<?xml version="1.0"?>${document}`, "utf8"),
  };
}

function xmlOf(members: object, action: string): string {
  return Object.entries(members)
    .map(([name, value]) => member(name, value, action))
    .join("");
}

function member(name: string, value: unknown, action: string): string {
  if (value === undefined) return "";
  const item = name === "Successful" ? `${action}ResultEntry` : (ITEMS[name] ?? name);
  if (Array.isArray(value)) return value.map((each) => member(item, each, action)).join("");
  if (typeof value !== "object" || value === null) return leaf(name, String(value));
  if (item === name) return `<${name}>${xmlOf(value, action)}</${name}>`;
  if (item !== "Attribute" && item !== "MessageAttribute") return `<${item}>${xmlOf(value, action)}</${item}>`;
  return Object.entries(value)
    .map(([key, each]) => `<${item}>${leaf("Name", key)}${member("Value", each, action)}</${item}>`)
    .join("");
}

/** Text with every character that XML would read otherwise, or change, as a reference. */
function leaf(name: string, text: string): string {
  const escaped = text.replace(/[&<>"\r]/g, (character) => `&#${character.charCodeAt(0)};`);
  return `<${name}>${escaped}</${name}>`;
}
