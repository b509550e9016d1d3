/** A step of a script at which the embedded service and fauxqs 2.4.1 are known to differ. In each of them AWS does as ours. */
export interface Difference {
  readonly ours: unknown;
  readonly theirs: unknown;
  /** Where it is written what AWS does. `muster` marks what the embedded service leaves out on purpose. */
  readonly source: string;
}

const refused = (ours: string, source: string): Difference => ({ ours, theirs: "done", source });

export const sqsDifferences: Readonly<Record<string, Difference>> = {
  "create: a name with a dot": refused("InvalidParameterValue", "SQS API, CreateQueue, QueueName"),
  "create: a name of 81 characters": refused("InvalidParameterValue", "SQS API, CreateQueue, QueueName"),
  "create: an unknown attribute": refused("InvalidAttributeName", "SQS API, CreateQueue, Errors"),
  "create: dead letters to nowhere": refused("InvalidParameterValue", "SQS guide, dead-letter queues"),
  "create: a receive count of zero": refused("InvalidParameterValue", "SQS API, CreateQueue, RedrivePolicy"),
  "create: a policy that is no JSON": refused("InvalidParameterValue", "SQS API, CreateQueue, RedrivePolicy"),
  "create: a FIFO queue": refused("UnsupportedOperation", "muster: standard queues only; AWS makes one"),
  "attributes: an unknown one": refused("InvalidAttributeName", "SQS API, GetQueueAttributes, Errors"),
  "list: queues with this dead-letter queue": {
    ...{ ours: ["made"], theirs: "InvalidAction" },
    source: "SQS API, ListDeadLetterSourceQueues",
  },
  "dead letters: say where they come from": {
    ...{ ours: [true], theirs: [false] },
    source: "SQS API, ReceiveMessage, DeadLetterQueueSourceArn",
  },
  "dead letters: go back by a move task": {
    ...{ ours: "done", theirs: "InvalidAction" },
    source: "SQS API, StartMessageMoveTask",
  },
  "receive: no attributes": {
    ...{ ours: [[]], theirs: [["bytes", "number", "text"]] },
    source: "SQS API, ReceiveMessage, MessageAttributeNames",
  },
  "send: an attribute without a value": refused("InvalidParameterValue", "SQS guide, message metadata"),
  "send: an attribute of an unknown type": refused("InvalidParameterValue", "SQS guide, message metadata"),
  "send: an attribute of AWS's own name": refused("InvalidParameterValue", "SQS guide, message metadata"),
  "send: an attribute with a space in its name": refused("InvalidParameterValue", "SQS guide, message metadata"),
  "send: eleven attributes": refused("InvalidParameterValue", "SQS guide, message quotas"),
  "send: tab, newline and an emoji": {
    ...{ ours: "done", theirs: "InvalidMessageContents" },
    source: "SQS API, SendMessage, MessageBody: #x10000 to #x10FFFF are allowed",
  },
  "send: a delay over 15 minutes": refused("InvalidParameterValue", "SQS API, SendMessage, DelaySeconds"),
  "send: a message group of 129 characters": refused("InvalidParameterValue", "SQS API, SendMessage, MessageGroupId"),
  "receive: the trace header": {
    ...{ ours: ["Root=1-5759e988-bd862e3fe1be46a994272793"], theirs: [undefined] },
    source: "SQS API, ReceiveMessage, AWSTraceHeader",
  },
  "receive: the message group": {
    ...{ ours: [["grouped", "tenant-1"]], theirs: [["grouped", undefined]] },
    source: "SQS guide, fair queues",
  },
  "visibility: of what is deleted": {
    ...{ ours: "InvalidParameterValue", theirs: "MessageNotInflight" },
    source: "SQS API, ChangeMessageVisibility",
  },
  "delete: by no receipt at all": refused("ReceiptHandleIsInvalid", "SQS API, DeleteMessage, Errors"),
  "visibility: by no receipt at all": {
    ...{ ours: "ReceiptHandleIsInvalid", theirs: "MessageNotInflight" },
    source: "SQS API, ChangeMessageVisibility, Errors",
  },
  "batch: delete with a receipt that is none": {
    ours: [["m0", "m1", "m2"], ["bad"]],
    theirs: [["m0", "m1", "m2", "bad"], []],
    source: "SQS API, DeleteMessageBatch: each entry's result is its own",
  },
};

const once = "S3 guide, conditional writes";

export const s3Differences: Readonly<Record<string, Difference>> = {
  "put: a key of 1,025 bytes": refused("KeyTooLongError", "S3 guide, object keys"),
  "put: with a SHA-256 that is another's": refused("BadDigest", "S3 guide, checking object integrity"),
  "put: with an MD5 that is another's": refused("BadDigest", "S3 API, PutObject, Content-MD5"),
  "get: the tags": { ours: [{ Key: "kind", Value: "report" }], theirs: "Error", source: "S3 API, GetObjectTagging" },
  "create: where something is": refused("PreconditionFailed", once),
  "create: ten at once": { ours: "1 won", theirs: "10 won", source: once },
  "get: if it is still the same": {
    ...{ ours: "done", theirs: "PreconditionFailed" },
    source: `${once}: follows from the second create, which went through`,
  },
  "get: if it has changed": { ours: "HTTP 304", theirs: "done", source: "the same" },
  "replace: what has changed since": refused("PreconditionFailed", once),
  "replace: what is not there": refused("NoSuchKey", once),
  "list: no rows wanted": {
    ...{ ours: [[], [], false], theirs: [[], [], true] },
    source: "S3 API, ListObjectsV2, MaxKeys",
  },
};
