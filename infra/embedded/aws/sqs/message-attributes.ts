import { createHash } from "node:crypto";
import { invalidParameter } from "./errors.ts";
import type { Input } from "./input.ts";

/** One message attribute as it travels in JSON: `BinaryValue` is base64. */
interface MessageAttribute {
  readonly DataType: string;
  readonly StringValue?: string;
  readonly BinaryValue?: string;
}

export type MessageAttributes = ReadonlyMap<string, MessageAttribute>;

/** Reads `MessageAttributes` or `MessageSystemAttributes`; at most ten, each with a type and the value that fits it. */
export function readAttributes(input: Input, member: string): MessageAttributes {
  const attributes = new Map<string, MessageAttribute>();
  for (const [name, entry] of input.map(member)) attributes.set(name, readAttribute(name, entry));
  if (attributes.size > 10)
    throw invalidParameter(`Number of message attributes [${attributes.size}] exceeds the allowed maximum [10].`);
  return attributes;
}

function readAttribute(name: string, entry: Input): MessageAttribute {
  if (!/^(?!\.)(?!.*\.$)(?!.*\.\.)(?!(?:aws|amazon)\.)[A-Za-z0-9_.-]{1,256}$/i.test(name)) {
    throw invalidParameter(`The message attribute name '${name}' is invalid.`);
  }
  const dataType = entry.text("DataType") ?? "";
  const text = entry.text("StringValue");
  const binary = entry.text("BinaryValue");
  const value = dataType.startsWith("Binary") ? binary : text;
  if (!/^(String|Number|Binary)(\..+)?$/.test(dataType)) {
    throw invalidParameter(`The message attribute '${name}' has an invalid message attribute type.`);
  }
  if (value === undefined || value === "") {
    throw invalidParameter(`The message attribute '${name}' must contain a non-empty value of type '${dataType}'.`);
  }
  return dataType.startsWith("Binary")
    ? { DataType: dataType, BinaryValue: value }
    : { DataType: dataType, StringValue: value };
}

/** What the attributes add to a message's size in bytes: names, types and values (SQS guide, quotas-messages). */
export function attributesSizeBytes(attributes: MessageAttributes): number {
  let size = 0;
  for (const [name, attribute] of attributes) {
    size += Buffer.byteLength(name) + Buffer.byteLength(attribute.DataType) + attributeValue(attribute).length;
  }
  return size;
}

function attributeValue(attribute: MessageAttribute): Buffer {
  return attribute.BinaryValue === undefined
    ? Buffer.from(attribute.StringValue ?? "", "utf8")
    : Buffer.from(attribute.BinaryValue, "base64");
}

/** MD5 over attributes sorted by name, lengths as 4 bytes big-endian (SQS guide, sqs-attributes-md5-message-digest-calculation). */
export function attributesMd5(attributes: MessageAttributes): string | undefined {
  if (attributes.size === 0) return undefined;
  const hash = createHash("md5");
  const withLength = (bytes: Buffer): void => {
    const length = Buffer.alloc(4);
    length.writeUInt32BE(bytes.length);
    hash.update(length).update(bytes);
  };
  for (const name of [...attributes.keys()].sort()) {
    const attribute = attributes.get(name);
    if (attribute === undefined) continue;
    withLength(Buffer.from(name, "utf8"));
    withLength(Buffer.from(attribute.DataType, "utf8"));
    hash.update(Buffer.from([attribute.BinaryValue === undefined ? 1 : 2]));
    withLength(attributeValue(attribute));
  }
  return hash.digest("hex");
}

/** Keeps what `MessageAttributeNames` asks for: exact names, `prefix.*`, `All` or `.*`. */
export function selectAttributes(attributes: MessageAttributes, names: readonly string[]): MessageAttributes {
  const wanted = (name: string): boolean =>
    names.some((asked) =>
      asked === "All" || asked === ".*"
        ? true
        : asked.endsWith(".*")
          ? name.startsWith(asked.slice(0, -1))
          : asked === name,
    );
  return new Map([...attributes].filter(([name]) => wanted(name)));
}
