import * as z from "zod";
import type { Remembered } from "../ahead/plan.ts";
import { questionOf } from "../ahead/question.ts";
import type { Asked } from "../answers.ts";
import { largestKeptBytes, mostKeptBytes } from "../sent.ts";

const count = z.number().int().min(0);

/** One command that a profile asked on one platform. */
const Hint = z.strictObject({
  command: z.string(),
  timeoutMs: count.optional(),
  /** Scans that asked it. */
  asked: count,
  /** The number of the first and of the last scan that asked it; scans are numbered from 1. */
  first: count,
  last: count,
  /** What it took in the target the last time. */
  elapsedMs: count,
  /** Of its output the last time. */
  sizeBytes: count,
});

type Hint = z.infer<typeof Hint>;

/** What a profile asked on one platform, in the order of asking. */
export const HintList = z.strictObject({ scans: count, commands: z.array(Hint) });
export type HintList = z.infer<typeof HintList>;

/** A command that this many scans did not ask is forgotten. */
const forgottenAfterScans = 20;
const mostCommands = 4000;
const longestCommand = 16 * 1024;
const mostCharacters = 512 * 1024;

/** A list from questions that were asked of nothing: the next scan will see which of them it asks. */
export function untried(asked: readonly Asked[]): HintList {
  const { commands } = merged(undefined, asked);
  return { scans: 0, commands: commands.map((hint) => ({ ...hint, asked: 0, last: 0 })) };
}

/** The list with one more scan in it. The order is the newest scan's; what it left out keeps its place behind its neighbour. */
export function merged(list: HintList | undefined, asked: readonly Asked[]): HintList {
  const scans = (list?.scans ?? 0) + 1;
  const old = new Map((list?.commands ?? []).map((hint) => [hint.command, hint]));
  const now = asked.flatMap((each): Hint[] => {
    const command = utf8Of(each.key);
    if (command === undefined || command.length > longestCommand) return [];
    const { asked: times = 0, first = scans } = old.get(command) ?? {};
    const { timeoutMs } = each;
    const known = { command, asked: times + 1, first, last: scans, elapsedMs: Math.round(each.elapsedMs) };
    const { sizeBytes } = each;
    return [{ ...known, sizeBytes, ...(timeoutMs !== undefined && { timeoutMs }) }];
  });
  const leftOut = leftOutOf(list?.commands ?? [], new Set(now.map(({ command }) => command)), scans);
  const behind = (command: string | undefined) => leftOut.get(command) ?? [];
  const commands = [...behind(undefined), ...now.flatMap((hint) => [hint, ...behind(hint.command)])];
  return { scans, commands: capped(commands) };
}

/** What a scan did not ask and is still worth keeping, by the command that it asked and that stood before it. */
function leftOutOf(before: readonly Hint[], now: ReadonlySet<string>, scans: number) {
  const behind = new Map<string | undefined, Hint[]>();
  let neighbour: string | undefined;
  for (const hint of before) {
    if (now.has(hint.command)) neighbour = hint.command;
    else if (scans - hint.last < forgottenAfterScans) behind.set(neighbour, [...(behind.get(neighbour) ?? []), hint]);
  }
  return behind;
}

/** What is worth sending ahead: what the last scan asked, or at least every second one, as far as answers can be kept. */
export function rememberedFrom({ scans, commands }: HintList): readonly Remembered[] {
  let leftBytes = mostKeptBytes;
  const fits = (sizeBytes: number) => {
    if (sizeBytes > Math.min(largestKeptBytes, leftBytes)) return false;
    leftBytes -= sizeBytes;
    return true;
  };
  return commands
    .filter(({ asked, first, last }) => last === scans || asked * 2 >= scans - first + 1)
    .filter(({ sizeBytes }) => fits(sizeBytes))
    .map(({ command, timeoutMs, asked, first, elapsedMs }) => ({
      ...questionOf(Buffer.from(command), timeoutMs),
      unconditional: scans > 0 && asked === scans - first + 1 && asked > 0,
      elapsedMs,
    }));
}

function capped<T extends { readonly command: string }>(commands: readonly T[]): T[] {
  let left = mostCharacters;
  return commands.slice(0, mostCommands).filter(({ command }) => {
    left -= command.length + 100;
    return left > 0;
  });
}

/** JSON holds text only; the rare command that is none is not remembered. */
function utf8Of(key: string): string | undefined {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(Buffer.from(key, "latin1"));
  } catch {
    return undefined;
  }
}
