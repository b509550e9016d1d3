import { type CommandClass, worst } from "./class.ts";
import { parse } from "./grammar.ts";
import { Knowledge } from "./knowledge.ts";
import type { Judge } from "./options.ts";
import { isReadable } from "./paths.ts";
import { runOf } from "./programs/table.ts";
import { type Assignment, type Command, NotUnderstood, type Script, type Word } from "./syntax.ts";
import { literal } from "./words.ts";

/** Where in a text a command stands. */
interface Place {
  readonly loops: number;
  readonly depth: number;
  readonly knowledge: Knowledge;
}

/** The class of a text that a shell runs. Throws NotUnderstood where its language is not understood. */
export function classOfText(text: string, loops = 0, depth = 0): CommandClass {
  const script = parse(text, depth);
  return classOfScript(script, { loops, depth, knowledge: new Knowledge(script) });
}

const classOfScript = (script: Script, place: Place): CommandClass =>
  worst(script.flatMap((pipeline) => pipeline.map((command) => classOfCommand(command, place))));

function classOfCommand(command: Command, place: Place): CommandClass {
  if (!command.inputs.every(isReadable)) return "unknown";
  switch (command.kind) {
    case "simple":
      return worst([
        classOfWords(command.words, place),
        classOfWords(
          command.assignments.map(({ value }) => value),
          place,
        ),
        classOfAssignments(command.assignments, command.words, place),
        command.words.length === 0 ? "read-only" : runs(command.words, place),
      ]);
    case "for":
      return worst([classOfWords(command.words, place), classOfLoop(command.body, place)]);
    case "while":
      return isRead(command.condition)
        ? worst([classOfScript(command.condition, place), classOfLoop(command.body, place)])
        : "unknown";
    case "parts":
      return worst([classOfWords(command.words, place), ...command.parts.map((part) => classOfScript(part, place))]);
  }
}

/** What runs while the words are being expanded. */
const classOfWords = (words: readonly Word[], place: Place): CommandClass =>
  worst(
    words.flatMap((word) =>
      word.map((piece) => (piece.kind === "substitution" ? classOfScript(piece.body, place) : "read-only")),
    ),
  );

/** One loop in another may go round millions of times, and three may as well go round for ever. */
function classOfLoop(body: Script, place: Place): CommandClass {
  if (place.loops >= 2) return "unknown";
  return worst([
    place.loops === 1 ? "expensive" : "read-only",
    classOfScript(body, { ...place, loops: place.loops + 1 }),
  ]);
}

/** `read` takes a line a turn and ends with its input; any other condition may hold for ever. */
function isRead(condition: Script): boolean {
  const [pipeline, ...others] = condition;
  const [command, ...further] = pipeline ?? [];
  if (others.length > 0 || further.length > 0 || command?.kind !== "simple") return false;
  return command.inputs.length === 0 && literal(command.words[0]) === "read";
}

/** Variables that only change how things are written. */
const harmless =
  /^(?:LANG|LC_(?:ALL|COLLATE|CTYPE|MESSAGES|NUMERIC|TIME)|LANGUAGE|TZ|COLUMNS|NO_COLOR|SYSTEMD_COLORS)$/;
/** Most assignments that a text may have: each may double what the ones before it hold. */
const mostAssignments = 8;

/**
 * Before a program only variables of a short list may be set, to plain text. On its own, any name that no shell and no
 * program gives a meaning to: those are all upper case.
 */
function classOfAssignments(assignments: readonly Assignment[], words: readonly Word[], place: Place): CommandClass {
  for (const { name, value } of assignments) {
    const text = literal(value);
    if (name === "IFS") {
      if (literal(words[0]) !== "read" || text === undefined) return "unknown";
    } else if (harmless.test(name)) {
      if (text === undefined || !/^[A-Za-z0-9_@.+:-]*$/.test(text) || words.length === 0) return "unknown";
    } else {
      if (words.length > 0 || !/^[a-z_][a-z0-9_]*$/.test(name)) return "unknown";
      if (place.loops > 0 && value.some((piece) => piece.kind === "variable")) return "unknown";
      if (place.knowledge.assignments > mostAssignments || value.length > 4) return "unknown";
    }
  }
  return "read-only";
}

/** So many shells and wrappers may stand before a program; it bounds the stack. */
const mostWrappers = 40;

function runs(words: readonly Word[], place: Place): CommandClass {
  if (place.depth > mostWrappers) throw new NotUnderstood("nested too deep");
  const judge: Judge = {
    known: (word) => place.knowledge.of(word),
    command: (inner) => runs(inner, { ...place, depth: place.depth + 1 }),
    script: (text) => classOfText(text, place.loops, place.depth + 1),
  };
  const [program, ...args] = words;
  const name = literal(program);
  if (name === undefined) throw new NotUnderstood("a program whose name is made at run time");
  return runOf(name, args, judge);
}
