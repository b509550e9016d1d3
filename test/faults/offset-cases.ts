import { answeredInOrder, type Told, wrongs } from "./answers.ts";
import { chosen, type FaultCase, type FaultContext } from "./fault-case.ts";
import {
  byteByByte,
  cutOff,
  endedAt,
  endings,
  frameEnds,
  messageSplitAt,
  mixedChannels,
  smallMessages,
  splitAt,
} from "./plans.ts";
import type { Recording } from "./recording.ts";
import { type Plan, replay } from "./replay.ts";

interface Trial {
  readonly name: string;
  readonly plan: Plan;
}

/** Everything arrives, only in other pieces: every answer has to be the recorded one. */
const whole = (said: readonly Told[], { answers }: Recording): readonly string[] => {
  const missing = said.length === answers.length ? [] : [`${said.length} of ${answers.length} commands came to an end`];
  const lost = said.flatMap((each) => (each.kind === "typed" ? [`${each.code}: ${each.message}`] : []));
  return [...missing, ...wrongs(said, answers), ...lost];
};

/** Something is missing: answers are true, nothing is answered after the first loss, and at least one command is lost. */
const part = (said: readonly Told[], { answers }: Recording): readonly string[] => {
  const order = answeredInOrder(said);
  return [...wrongs(said, answers), ...(order < 0 ? ["a command after a lost one was answered"] : [])];
};

async function tryAll(
  { recording }: FaultContext,
  trials: readonly Trial[],
  judge: (said: readonly Told[], recording: Recording) => readonly string[],
): Promise<{ runs: number; wrong: readonly string[] }> {
  const wrong: string[] = [];
  for (const { name, plan } of trials) {
    for (const fault of judge(await replay(recording, plan), recording)) wrong.push(`${name}: ${fault}`);
  }
  return { runs: trials.length, wrong };
}

const sampleSize = 150;

function offsets(context: FaultContext): readonly number[] {
  const all = Array.from({ length: context.recording.server.length - 1 }, (_, index) => index + 1);
  return chosen(all, sampleSize, context);
}

function atEveryOffset(
  id: string,
  what: string,
  plan: (offset: number) => Plan,
  judge: (said: readonly Told[], recording: Recording) => readonly string[],
): FaultCase {
  return {
    ...{ id, what },
    run: (context) =>
      tryAll(
        context,
        offsets(context).map((offset) => ({ name: `byte ${offset}`, plan: plan(offset) })),
        judge,
      ),
  };
}

/** Replays of a recorded session, in memory. */
export const offsetCases: readonly FaultCase[] = [
  atEveryOffset("split-bytes", "the stream comes in two pieces, split at every byte", splitAt, whole),
  atEveryOffset(
    "split-messages",
    "one message comes as two, split at every byte",
    (offset) => messageSplitAt(offset, "messages"),
    whole,
  ),
  atEveryOffset(
    "split-fragments",
    "one message comes as two WebSocket fragments, split at every byte",
    (offset) => messageSplitAt(offset, "fragments"),
    whole,
  ),
  atEveryOffset("truncate-end", "the stream ends after every byte", (offset) => cutOff(offset, "end"), part),
  atEveryOffset("truncate-reset", "the stream is reset after every byte", (offset) => cutOff(offset, "destroy"), part),
  {
    id: "small-pieces",
    what: "pieces, messages and fragments of 1, 2, 3, 7, 31, 32 and 33 bytes",
    run: (context) =>
      tryAll(
        context,
        [1, 2, 3, 7, 31, 32, 33].flatMap((size) => [
          { name: `pieces of ${size}`, plan: byteByByte(size) },
          { name: `messages of ${size}`, plan: smallMessages(size, "messages") },
          { name: `fragments of ${size}`, plan: smallMessages(size, "fragments") },
        ]),
        whole,
      ),
  },
  {
    id: "mixed-channels",
    what: "stdout and stderr come in any order between them",
    run: (context) => {
      const count = context.extent === "all" ? 300 : 30;
      const trials = Array.from({ length: count }, (_, index) => ({
        name: `mix ${index}`,
        plan: mixedChannels(context.random),
      }));
      return tryAll(context, trials, whole);
    },
  },
  {
    id: "endings",
    what: "the session ends in every wrong way after every frame",
    run: (context) => {
      const every = frameEnds(context.recording).flatMap((offset) =>
        Object.entries(endings).map(([name, frames]) => ({
          name: `${name}, after byte ${offset}`,
          plan: endedAt(offset, frames),
        })),
      );
      return tryAll(context, chosen(every, sampleSize, context), part);
    },
  },
  {
    id: "clock-jumps",
    what: "the wall clock and the session's clock jump by days, forward and back",
    run: async (context) => {
      const { random } = context;
      const wall = Date.now;
      Date.now = () => wall() + (random() - 0.5) * 2 * 86_400_000;
      try {
        const now = () => (random() - 0.5) * 2 * 86_400_000;
        const count = context.extent === "all" ? 100 : 10;
        const plan = { ...byteByByte(64), now };
        return await tryAll(
          context,
          Array.from({ length: count }, () => ({ name: "jumping", plan })),
          whole,
        );
      } finally {
        Date.now = wall;
      }
    },
  },
];
