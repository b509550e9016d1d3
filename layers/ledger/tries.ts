import { sentKey, triesPrefix, tryKey } from "#contract/keys.ts";
import type { ObjectStore } from "#contract/objects.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import type { Task } from "#contract/task.ts";

/** What became of the tries at a task before this one. */
export interface Tries {
  /** Begun, and neither ended nor given up in order: the process died. */
  readonly crashed: number;
  /** Ended by the deadline. */
  readonly late: number;
}

/** The `hop` with which a task of this kind is sent first. */
export const firstHop = ({ kind }: Pick<Task, "kind">) => (kind === "expand" ? 0 : 1);

/**
 * Whether nobody can have tried this task before. Such a try leaves no mark of its beginning and looks for nothing: most
 * tasks need one try, and each of these calls would be one more for every container of every scan.
 */
export const isFirstTry = (task: Task, receive: number) => receive <= 1 && task.hop <= firstHop(task);

/** Reads the marks of earlier tries. A first try has none, and counts as begun. */
export async function readTries(objects: ObjectStore, task: Task): Promise<Tries> {
  const prefix = triesPrefix(task.scanId, task.taskId);
  const begun = new Set([`${firstHop(task)}.1`]);
  const given = new Set<string>();
  let late = 0;
  for (const key of await objects.list(prefix)) {
    if (key === sentKey(task.scanId, task.taskId)) continue;
    const [hop, receive, word] = key.slice(prefix.length).split(".");
    (word === "begun" ? begun : given).add(`${hop}.${receive}`);
    if (word === "deadline") late += 1;
  }
  return { crashed: [...begun].filter((each) => !given.has(each)).length, late };
}

const text = { contentType: "text/plain; charset=utf-8" };

/** Marks the beginning of a try, before it does anything that may end the process. */
export async function beginTry(objects: ObjectStore, task: Task, receive: number): Promise<void> {
  const key = tryKey(task.scanId, task.taskId, task.hop, receive, "begun");
  await objects.create(key, new Uint8Array(), text);
}

/** Marks a try that ended in order and will be followed by another, and says why. */
export async function giveUpTry(
  objects: ObjectStore,
  task: Task,
  receive: number,
  error: { readonly code: ReasonCode; readonly message: string },
): Promise<void> {
  const key = tryKey(task.scanId, task.taskId, task.hop, receive, error.code);
  await objects.create(key, new TextEncoder().encode(`${error.message}\n`), text);
}
