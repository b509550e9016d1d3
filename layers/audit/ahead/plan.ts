import { watchesProcesses } from "#commands/watches-processes.ts";
import { writesVisibly } from "#commands/writes-visibly.ts";
import { leavesTraces } from "./auditors-own.ts";
import { kindOf, looks } from "./kind.ts";
import { type Question, textOf } from "./question.ts";
import type { Stretch } from "./stretch.ts";

/** A command that a profile asked before, and what is known of it. */
export interface Remembered extends Question {
  /** Every scan since the command was first seen has asked it. */
  readonly unconditional: boolean;
  /** Milliseconds that it took in the target. */
  readonly elapsedMs: number;
}

/** Tells whether a command's whole text stands in the profile's source. */
export type IsLiteral = (text: string) => boolean;

type Place = "quick" | "long" | "literal" | "barrier";

/** A second stream costs a handshake; below this sum it is not worth one. */
const secondLaneMs = 150;
/** And this is the sum where the first lane has to wait a round trip for what looks at processes. */
const secondLaneWatchedMs = 1000;
/** A command of this length holds up thirty others. */
const longMs = 100;
/** The budget of what takes long: what is over it is asked when it is asked, so that a guess cannot keep a target busy. */
const mostLong = 64;
const longestTogetherMs = 60_000;

/**
 * Cuts the remembered commands, in the order in which they were asked, into stretches. Only read-only commands are sent
 * ahead, and others whose whole text stands literally in the profile's source, which ran in every scan so far and do not
 * visibly write: text built from one container's answers never runs in another, and what may change something keeps its
 * place in the order.
 */
export function planAhead(
  commands: readonly Remembered[],
  isLiteral: IsLiteral,
  { windows = false }: { readonly windows?: boolean } = {},
): readonly Stretch[] {
  const stretches: Stretch[] = [];
  const remembered = windows ? commands.map((each) => ({ ...each, windows })) : commands;
  let items: [Place, Remembered][] = [];
  const left = { count: mostLong, ms: longestTogetherMs };
  for (const each of remembered) {
    const place = placeOf(each, isLiteral);
    if (place === "long") {
      left.count -= 1;
      left.ms -= each.elapsedMs;
      if (left.count < 0 || left.ms < 0) continue;
    }
    if (place === "barrier") {
      stretches.push({ ...placed(items, stretches.length === 0), barrier: each.key });
      items = [];
    } else items.push([place, each]);
  }
  stretches.push({ ...placed(items, stretches.length === 0), barrier: undefined });
  return stretches;
}

function placeOf(each: Remembered, isLiteral: IsLiteral): Place {
  const kind = kindOf(each);
  const text = textOf(each);
  if (each.windows) {
    // What the rules below read is a POSIX shell's text.
    return kind !== "unknown" || (each.unconditional && isLiteral(text) && looks(each)) ? "quick" : "barrier";
  }
  const literal = kind === "unknown" && each.unconditional && isLiteral(text);
  if (kind !== "unknown" || (literal && looks(each)) || (each.unconditional && leavesTraces(text))) {
    return kind === "expensive" || each.elapsedMs >= longMs ? "long" : "quick";
  }
  return literal && !writesVisibly(text) ? "literal" : "barrier";
}

/**
 * What only looks may change places: the long ones run last, but never past one that is merely not understood, or, from
 * the start, in a lane of their own. Two lanes see each other's processes, so what looks at processes runs before both.
 */
function placed(items: readonly (readonly [Place, Remembered])[], fromTheStart: boolean) {
  const literal = items.findIndex(([place]) => place === "literal");
  const leading = items.slice(0, literal < 0 ? items.length : literal);
  const watchers = leading.filter(([, each]) => watchesProcesses(textOf(each)));
  const lasting = leading.filter((item) => item[0] === "long" && !watchers.includes(item));
  const sumMs = lasting.reduce((sum, [, { elapsedMs }]) => sum + elapsedMs, 0);
  const watched = items.some(([, each]) => watchesProcesses(textOf(each)));
  const apart = fromTheStart && sumMs >= (watched ? secondLaneWatchedMs : secondLaneMs) && literal < 0;
  const second = apart ? lasting.map(([, each]) => each) : [];
  const alone = apart ? watchers.map(([, each]) => each) : [];
  const elsewhere = new Set<Question>([...second, ...alone]);
  const first: Question[] = [];
  let long: Question[] = [];
  for (const [place, each] of items) {
    if (elsewhere.has(each)) continue;
    if (place === "literal") {
      first.push(...long);
      long = [];
    }
    (place === "long" ? long : first).push(each);
  }
  return { first: [...first, ...long], alone, second };
}
