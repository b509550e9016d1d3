import { ScanError } from "#contract/errors.ts";
import { buriedKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import { Task } from "#contract/task.ts";
import { checkCompletion } from "#ledger/completion.ts";
import { endExpand, hasOutcome, writeOutcome } from "#ledger/outcomes.ts";
import { unscanned } from "#ledger/unscanned.ts";

export interface BuryPorts {
  readonly evidence: ObjectStore;
  readonly now: () => Date;
}

/** A message from a dead-letter queue. */
export interface DeadMessage {
  readonly id: string;
  readonly body: string;
  readonly receives: number;
  /** ARN of the queue that it lay in. */
  readonly queue: string;
}

/**
 * Keeps the message word for word, and gives a task that kept failing its outcome, so that nobody waits for nothing. A
 * result that came in the meantime stands. What is no task at all cannot be owed anything; it gives undefined, and the
 * caller logs it.
 */
export async function bury(message: DeadMessage, ports: BuryPorts): Promise<Task | undefined> {
  const bytes = new TextEncoder().encode(`${JSON.stringify(message)}\n`);
  await ports.evidence.create(buriedKey(message.id), bytes, { contentType: "application/json" });
  const task = parse(message.body);
  if (task === undefined) return undefined;
  const error = new ScanError(
    "retries-exhausted",
    `the task failed each of the ${message.receives} times it was tried`,
  );
  if (await hasOutcome(ports.evidence, task)) await checkCompletion(ports.evidence, task.scanId, ports.now);
  else if (task.kind === "expand") await endExpand(ports.evidence, task, error, ports.now);
  else await writeOutcome(ports.evidence, unscanned(task, error, ports.now), ports.now);
  return task;
}

function parse(body: string): Task | undefined {
  try {
    return Task.safeParse(JSON.parse(body)).data;
  } catch {
    return undefined;
  }
}
