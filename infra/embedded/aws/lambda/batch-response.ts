/** Which messages of a batch are done with, and why the others are not. */
export interface BatchOutcome {
  /** Message ids that come back when their visibility runs out. */
  readonly failed: ReadonlySet<string>;
  /** Set when the answer itself was wrong, which fails the whole batch. */
  readonly malformed?: string;
}

/**
 * Reads a function's answer under ReportBatchItemFailures (Lambda guide, services-sqs-errorhandling): nothing, null or an
 * empty list means that all succeeded; an identifier that is empty, null, misnamed or not of this batch fails the batch.
 */
export function readBatchResponse(response: unknown, messageIds: readonly string[]): BatchOutcome {
  const all = (malformed: string): BatchOutcome => ({ failed: new Set(messageIds), malformed });
  if (response === undefined || response === null || response === "") return { failed: new Set() };
  if (typeof response !== "object" || Array.isArray(response)) return all("the response is not an object");
  const failures = "batchItemFailures" in response ? response.batchItemFailures : undefined;
  if (failures === undefined || failures === null) return { failed: new Set() };
  if (!Array.isArray(failures)) return all("batchItemFailures is not a list");
  const failed = new Set<string>();
  for (const failure of failures as readonly unknown[]) {
    const id = typeof failure === "object" && failure !== null && "itemIdentifier" in failure && failure.itemIdentifier;
    if (typeof id !== "string" || id === "") return all("an itemIdentifier is missing, empty or misnamed");
    if (!messageIds.includes(id)) return all(`itemIdentifier ${id} is not a message of this batch`);
    failed.add(id);
  }
  return { failed };
}
