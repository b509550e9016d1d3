import { readBody, type WireRequest, type WireResponse } from "../wire.ts";
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

export interface SqsCall {
  readonly request: WireRequest;
  readonly operation: string;
  readonly requestId: string;
  readonly signal: AbortSignal | undefined;
  readonly deliverTwice: boolean;
  readonly failEntry: boolean;
}

/** Answers one SQS call in the AWS JSON 1.0 protocol. Refusals are answers; only a bug here throws. */
export async function answerSqs(region: SqsRegion, call: SqsCall): Promise<WireResponse> {
  try {
    const action = ACTIONS.get(call.operation);
    if (action === undefined) {
      throw new SqsError("InvalidAction", `The action ${call.operation} is not part of the embedded SQS.`);
    }
    const body = Buffer.from(await readBody(call.request.body)).toString("utf8");
    const input = readInput(body === "" ? {} : JSON.parse(body));
    const { signal, deliverTwice, failEntry } = call;
    const output = await action(input, { region, signal, deliverTwice, failEntry });
    return {
      statusCode: 200,
      headers: { "content-type": "application/x-amz-json-1.0", "x-amzn-requestid": call.requestId },
      body: Buffer.from(JSON.stringify(output), "utf8"),
    };
  } catch (error) {
    if (error instanceof SqsError) return sqsErrorResponse(error, call.requestId);
    throw error;
  }
}
