import type { Shell } from "#contract/shell.ts";
import { ownPrograms } from "./questions.ts";
import { insideShell } from "./script.ts";

/** The programs in the target's search path by name, with their paths, and the names of those that the toolbox lends. */
export interface Tools {
  readonly own: ReadonlyMap<string, string>;
  readonly lent: ReadonlySet<string>;
}

/** What the shell itself knows without a program. */
export const builtins: ReadonlySet<string> = new Set(
  ": . [ [[ alias break case cd command continue echo eval exec exit export false for getopts hash kill local printf pwd read readonly return set shift sleep test times trap true type ulimit umask unset wait".split(
    " ",
  ),
);

/** Asks once what there is. */
export async function readTools(shell: Pick<Shell, "run">): Promise<Tools> {
  const list = async (command: string) => {
    const { stdout } = await shell.run(command, { timeoutMs: 60_000 });
    return Buffer.from(stdout).toString("latin1").split("\n").filter(Boolean);
  };
  const [paths, lent] = await Promise.all([list(ownPrograms), list(`${insideShell[0]} --list`)]);
  // The first in the search path is the one that a shell would start.
  const own = new Map(paths.toReversed().map((path) => [path.slice(path.lastIndexOf("/") + 1), path] as const));
  return { own, lent: new Set(lent) };
}
