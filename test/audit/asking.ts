import type { Answer, Answers } from "#audit/answers.ts";
import type { Shell } from "#contract/shell.ts";

export const never = () => undefined;

/** Asks as the auditor's child does. */
export const asking = (answer: Answer) => async (text: string) => {
  const answered = await answer(Buffer.from(text), undefined, new AbortController().signal);
  return answered.invented ? "invented" : Buffer.from(answered.stdout).toString();
};

export function opened(answers: Answers, shell: Shell, patience = Number.POSITIVE_INFINITY) {
  answers.sendFirst(shell);
  answers.through(shell);
  return asking(answers.begin(patience, never));
}
