import type { Action } from "./action.ts";
import { runBatch } from "./batch.ts";
import { SqsError } from "./errors.ts";
import type { Input } from "./input.ts";
import type { Queue } from "./queue.ts";

/** DeleteMessage. */
export const deleteMessage: Action = (input, { region }) => deleteOne(region.target(input), input);

/** DeleteMessageBatch; a receipt handle that is not one of the queue's fails its entry. */
export const deleteMessageBatch: Action = (input, { region, failEntry }) => {
  const queue = region.target(input);
  return runBatch(input, (entry) => deleteOne(queue, entry), failEntry);
};

/** ChangeMessageVisibility. */
export const changeVisibility: Action = (input, { region }) => changeOne(region.target(input), input);

/** ChangeMessageVisibilityBatch. */
export const changeVisibilityBatch: Action = (input, { region, failEntry }) => {
  const queue = region.target(input);
  return runBatch(input, (entry) => changeOne(queue, entry), failEntry);
};

function deleteOne(queue: Queue, input: Input): object {
  queue.delete(input.required("ReceiptHandle"));
  return {};
}

function changeOne(queue: Queue, input: Input): object {
  const receiptHandle = input.required("ReceiptHandle");
  const seconds = input.whole("VisibilityTimeout", 0, 43_200);
  if (seconds === undefined) {
    throw new SqsError("MissingParameter", "The request must contain the parameter VisibilityTimeout.");
  }
  queue.changeVisibility(receiptHandle, seconds);
  return {};
}
