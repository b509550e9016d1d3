import { ScanError } from "#contract/errors.ts";
import type { Completed, Way } from "#contract/shell.ts";
import { type Target, targetName } from "#contract/target.ts";
import type { Carrier, Reached } from "../reached.ts";
import { inFindsWords } from "./find-words.ts";
import { wasMisunderstood } from "./misunderstood.ts";
import { askedOfTarget } from "./own-process.ts";
import { programsIn } from "./programs.ts";
import type { Place } from "./proof.ts";
import { programAskedFor, searchOf } from "./questions.ts";
import { fileQuestion } from "./read/file-record.ts";
import { bareId } from "./script.ts";
import { standIns } from "./stand-ins.ts";
import { builtins, type Tools } from "./tools.ts";
import { unanswerable } from "./unanswerable.ts";

/**
 * A Shell inside a target that has none, on programs that a toolbox lends. It shows the target as its own shell would:
 * its search path, its mounts, no process of the toolbox. A command whose answer would speak of the toolbox is never run
 * and ends as `no-shell`; an answer that may rest on a lent program says so in `borrowed`.
 */
export function chrootedShell(
  carrier: Carrier,
  way: Way,
  target: Target,
  place: Place,
  tools: Tools,
  reasons: readonly string[],
): Reached {
  const borrowed = new Set<string>();
  const id = bareId(target.containerId);
  const refuse = (why: string) => new ScanError("no-shell", `${targetName(target)}: ${why}`);
  return {
    way,
    reasons,
    borrowed,
    get execStreams() {
      return carrier.execStreams;
    },
    get traffic() {
      return carrier.traffic;
    },
    async run(command, options): Promise<Completed> {
      // latin1 keeps each byte as one character, so that a command that is no text comes out as it went in.
      const text = Buffer.from(command).toString("latin1");
      const name = programAskedFor(text);
      if (name !== undefined) return carrier.run(Buffer.from(searchOf(name, /\btype\b/.test(text)), "latin1"), options);
      const programs = programsIn(text);
      const why = unanswerable(text, programs, tools);
      if (why !== undefined) throw refuse(why);
      const asked = askedOfTarget(text, place);
      if (asked === undefined) throw refuse("what a process is told of itself would be told of one of the toolbox");
      const words = programs.all.has("find") && !tools.own.has("find") ? inFindsWords(asked) : asked;
      // The auditor's own question about a file is one that every program here understands.
      const before = fileQuestion(text) === undefined ? standIns(text, tools, place.pid, id) : "";
      const answer = await carrier.run(Buffer.from(before + words, "latin1"), options);
      if (wasMisunderstood(answer, before)) throw refuse("a program that stands in for its own does not know this");
      const used = [...programs.all].filter(
        (name) => tools.lent.has(name) && !tools.own.has(name) && !builtins.has(name),
      );
      for (const name of used) borrowed.add(name);
      return used.length === 0 ? answer : { ...answer, borrowed: used };
    },
    close: () => carrier.close(),
  };
}
