import type { WireResponse } from "../wire.ts";

/** The code that the older query protocol used, for those errors where it differs from the shape's name. */
const QUERY_CODES: Readonly<Record<string, string>> = {
  BatchEntryIdsNotDistinct: "AWS.SimpleQueueService.BatchEntryIdsNotDistinct",
  BatchRequestTooLong: "AWS.SimpleQueueService.BatchRequestTooLong",
  EmptyBatchRequest: "AWS.SimpleQueueService.EmptyBatchRequest",
  InvalidBatchEntryId: "AWS.SimpleQueueService.InvalidBatchEntryId",
  MessageNotInflight: "AWS.SimpleQueueService.MessageNotInflight",
  PurgeQueueInProgress: "AWS.SimpleQueueService.PurgeQueueInProgress",
  QueueDoesNotExist: "AWS.SimpleQueueService.NonExistentQueue",
  QueueNameExists: "QueueAlreadyExists",
  TooManyEntriesInBatchRequest: "AWS.SimpleQueueService.TooManyEntriesInBatchRequest",
  UnsupportedOperation: "AWS.SimpleQueueService.UnsupportedOperation",
};

/** What SQS refuses, with the code and status that SQS gives (SQS API reference, CommonErrors and each action's Errors). */
export class SqsError extends Error {
  override readonly name = "SqsError";
  readonly code: string;
  readonly statusCode: number;

  constructor(code: string, message: string, statusCode = 400) {
    super(message);
    this.code = code;
    this.statusCode = statusCode;
  }
}

/** A parameter is there but SQS cannot accept its value. */
export function invalidParameter(message: string): SqsError {
  return new SqsError("InvalidParameterValue", message);
}

/** The error's code in the query protocol. */
export function queryCodeOf({ code }: SqsError): string {
  return QUERY_CODES[code] ?? code;
}

/** The error as it goes over the wire: `__type` for JSON clients, `x-amzn-query-error` for those that know the query codes. */
export function sqsErrorResponse(error: SqsError, requestId: string): WireResponse {
  const fault = error.statusCode >= 500 ? "Receiver" : "Sender";
  const body = JSON.stringify({ __type: `com.amazonaws.sqs#${error.code}`, message: error.message });
  return {
    statusCode: error.statusCode,
    headers: {
      "content-type": "application/x-amz-json-1.0",
      "x-amzn-requestid": requestId,
      "x-amzn-query-error": `${queryCodeOf(error)};${fault}`,
    },
    body: Buffer.from(body, "utf8"),
  };
}
