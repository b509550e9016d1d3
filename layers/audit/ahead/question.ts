/** A command as the auditor asks it. `key` holds its bytes, one character each (latin1), so that any byte survives. */
export interface Question {
  readonly key: string;
  /** The command's own time, when the profile gave it one. */
  readonly timeoutMs: number | undefined;
  /** It is for Windows, whose shells have nothing in common with the others. */
  readonly windows?: boolean;
}

export const questionOf = (command: Uint8Array, timeoutMs: number | undefined, windows = false): Question => ({
  key: Buffer.from(command).toString("latin1"),
  timeoutMs,
  ...(windows && { windows }),
});

export const bytesOf = ({ key }: Pick<Question, "key">): Uint8Array => Buffer.from(key, "latin1");

/** What the tokenizer and the hints read: the command as text. */
export const textOf = ({ key }: Pick<Question, "key">): string => Buffer.from(key, "latin1").toString("utf8");
