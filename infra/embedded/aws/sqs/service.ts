import type { WireResponse } from "../wire.ts";
import type { Action } from "./action.ts";
import {
  createQueue,
  deleteQueue,
  getQueueAttributes,
  getQueueUrl,
  listDeadLetterSourceQueues,
  listQueues,
  purgeQueue,
  setQueueAttributes,
  startMessageMoveTask,
} from "./administer.ts";
import { SqsError, sqsErrorResponse } from "./errors.ts";
import { readInput } from "./input.ts";
import { queryErrorResponse, queryResponse } from "./query-output.ts";
import { receiveMessage } from "./receive.ts";
import type { SqsRegion } from "./region.ts";
import { sendMessage, sendMessageBatch } from "./send.ts";
import { changeVisibility, changeVisibilityBatch, deleteMessage, deleteMessageBatch } from "./settle.ts";

const ACTIONS: ReadonlyMap<string, Action> = new Map([
  ["ChangeMessageVisibility", changeVisibility],
  ["ChangeMessageVisibilityBatch", changeVisibilityBatch],
  ["CreateQueue", createQueue],
  ["DeleteMessage", deleteMessage],
  ["DeleteMessageBatch", deleteMessageBatch],
  ["DeleteQueue", deleteQueue],
  ["GetQueueAttributes", getQueueAttributes],
  ["GetQueueUrl", getQueueUrl],
  ["ListDeadLetterSourceQueues", listDeadLetterSourceQueues],
  ["ListQueues", listQueues],
  ["PurgeQueue", purgeQueue],
  ["ReceiveMessage", receiveMessage],
  ["SendMessage", sendMessage],
  ["SendMessageBatch", sendMessageBatch],
  ["SetQueueAttributes", setQueueAttributes],
  ["StartMessageMoveTask", startMessageMoveTask],
]);

/** One call of SQS, out of whichever protocol it came in. */
export interface SqsCall {
  readonly operation: string;
  /** The request's members, as the JSON protocol has them. */
  readonly members: unknown;
  /** `json`: AWS JSON 1.0. `query`: forms and XML, which Debian's awscli and older SDKs speak. */
  readonly protocol: "json" | "query";
  readonly requestId: string;
  readonly signal: AbortSignal | undefined;
  readonly deliverTwice: boolean;
  readonly failEntry: boolean;
}

/** Answers one SQS call in the protocol that it came in. Refusals are answers; only a bug here throws. */
export async function answerSqs(region: SqsRegion, call: SqsCall): Promise<WireResponse> {
  const { operation, requestId } = call;
  try {
    const action = ACTIONS.get(operation);
    if (action === undefined) {
      throw new SqsError("InvalidAction", `The action ${operation} is not part of the embedded SQS.`);
    }
    const { signal, deliverTwice, failEntry } = call;
    const output = await action(readInput(call.members), { region, signal, deliverTwice, failEntry });
    if (call.protocol === "query") return queryResponse(operation, output, requestId);
    return {
      statusCode: 200,
      headers: { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": requestId },
      body: Buffer.from(JSON.stringify(output), "utf8"),
    };
  } catch (error) {
    if (error instanceof SqsError) return sqsRefusal(error, call);
    throw error;
  }
}

/** A refusal in the protocol that the call came in. */
export function sqsRefusal(error: SqsError, { protocol, requestId }: Pick<SqsCall, "protocol" | "requestId">) {
  return protocol === "query" ? queryErrorResponse(error, requestId) : sqsErrorResponse(error, requestId);
}
