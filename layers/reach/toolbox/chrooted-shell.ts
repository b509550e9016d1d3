import { ScanError } from "#contract/errors.ts";
import type { Completed, Shell, Way } from "#contract/shell.ts";
import { type Target, targetName } from "#contract/target.ts";
import type { Carrier, Reached } from "../reached.ts";
import { askedOfTarget } from "./own-process.ts";
import { programsIn } from "./programs.ts";
import type { Place } from "./proof.ts";
import { ownPrograms, programAskedFor, searchOf } from "./questions.ts";
import { bareId, insideShell } from "./script.ts";
import { standIns } from "./stand-ins.ts";
import { unanswerable } from "./unanswerable.ts";

/** What the shell itself knows without a program. */
const builtins = new Set(
  ": . [ [[ alias break case cd command continue echo eval exec exit export false for getopts hash kill local printf pwd read readonly return set shift sleep test times trap true type ulimit umask unset wait".split(
    " ",
  ),
);

/** The programs in the target's search path, and those that the toolbox lends. */
export interface Tools {
  readonly own: ReadonlySet<string>;
  readonly lent: ReadonlySet<string>;
}

/** Asks once what there is. */
export async function readTools(shell: Pick<Shell, "run">): Promise<Tools> {
  const list = async (command: string) => {
    const { stdout } = await shell.run(command, { timeoutMs: 60_000 });
    return new Set(Buffer.from(stdout).toString("latin1").split("\n").filter(Boolean));
  };
  const [own, lent] = await Promise.all([list(ownPrograms), list(`${insideShell[0]} --list`)]);
  return { own, lent };
}

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
      const why = unanswerable(text, programs, tools.own);
      if (why !== undefined) throw refuse(why);
      const asked = askedOfTarget(text, place);
      if (asked === undefined) throw refuse("what a process is told of itself would be told of one of the toolbox");
      const before = standIns(programs, tools.own, place.pid, id);
      const answer = await carrier.run(Buffer.from(before + asked, "latin1"), options);
      const used = [...programs.all].filter(
        (name) => tools.lent.has(name) && !tools.own.has(name) && !builtins.has(name),
      );
      for (const name of used) borrowed.add(name);
      return used.length === 0 ? answer : { ...answer, borrowed: used };
    },
    close: () => carrier.close(),
  };
}
