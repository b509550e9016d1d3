import { SqsError } from "./errors.ts";
import type { Input } from "./input.ts";

/**
 * Runs a batch: what is wrong with the request refuses it all, what is wrong with an entry fails that entry
 * (SQS API reference, SendMessageBatch and its siblings). `failFirst` is an injected fault.
 */
export function runBatch(input: Input, each: (entry: Input) => object, failFirst: boolean): object {
  const entries = batchEntries(input);
  const successful: object[] = [];
  const failed: object[] = [];
  for (const [index, { id, entry }] of entries.entries()) {
    try {
      if (failFirst && index === 0) throw new SqsError("ServiceUnavailable", "An injected fault.", 503);
      successful.push({ Id: id, ...each(entry) });
    } catch (error) {
      if (!(error instanceof SqsError)) throw error;
      failed.push({ Id: id, SenderFault: error.statusCode < 500, Code: error.code, Message: error.message });
    }
  }
  return { Successful: successful, ...(failed.length > 0 ? { Failed: failed } : {}) };
}

/** The entries of a batch with their ids: 1 to 10, ids distinct and well formed. */
function batchEntries(input: Input): { id: string; entry: Input }[] {
  const entries = input.objects("Entries").map((entry) => ({ id: entry.text("Id") ?? "", entry }));
  if (entries.length === 0) {
    throw new SqsError(
      "EmptyBatchRequest",
      "There should be at least one SendMessageBatchRequestEntry in the request.",
    );
  }
  if (entries.length > 10) {
    throw new SqsError(
      "TooManyEntriesInBatchRequest",
      `Maximum number of entries per request are 10. You have sent ${entries.length}.`,
    );
  }
  for (const { id } of entries) {
    if (!/^[A-Za-z0-9_-]{1,80}$/.test(id)) {
      throw new SqsError(
        "InvalidBatchEntryId",
        "A batch entry id can only contain alphanumeric characters, hyphens and underscores. It can be at most 80 letters long.",
      );
    }
  }
  const ids = entries.map(({ id }) => id);
  const repeated = ids.find((id, index) => ids.indexOf(id) !== index);
  if (repeated !== undefined) throw new SqsError("BatchEntryIdsNotDistinct", `Id ${repeated} repeated.`);
  return entries;
}
