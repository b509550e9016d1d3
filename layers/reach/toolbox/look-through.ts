import type { Connection } from "#cluster/connection.ts";
import type { Way } from "#contract/shell.ts";
import type { Target } from "#contract/target.ts";
import type { ReachOptions } from "../reach-options.ts";
import type { Reached } from "../reached.ts";
import { ReopeningShell } from "../reopening.ts";
import type { Session } from "../session.ts";
import { chrootedShell } from "./chrooted-shell.ts";
import { enter } from "./enter.ts";
import { provePlace } from "./proof.ts";
import { readAccounts, readingShell, readLent } from "./read/reading-shell.ts";
import { besideShell, enterArgv, insideShell, library, readArgv } from "./script.ts";
import { readTools } from "./tools.ts";

export interface Look {
  readonly way: Way;
  /** By chroot into the target, or with a shell that reads its files from outside. */
  readonly how: "inside" | "beside";
  /** Name of the container to look from; asked for each session. */
  readonly container: () => Promise<string>;
  readonly workingDir: string | undefined;
  readonly reasons: readonly string[];
  readonly options: ReachOptions;
}

/** A shell in the target by way of another container of its pod, which proves where it stands before the first question. */
export async function lookThrough(connection: Connection, target: Target, look: Look): Promise<Reached> {
  const { stillThere, known = [] } = look.options;
  const inside = look.how === "inside";
  const open = async (): Promise<Session> => {
    const container = await look.container();
    const entrance = inside
      ? { container, loop: enterArgv(target.containerId, look.workingDir), shell: insideShell }
      : { container, loop: readArgv(target.containerId), shell: besideShell, preamble: library };
    return enter(connection, target, entrance, look.options);
  };
  const first = await open();
  const reopen = async () => {
    await stillThere();
    const session = await open();
    await provePlace(session, target);
    return session;
  };
  const carrier = new ReopeningShell({ first, open: reopen, known });
  try {
    if (inside) {
      const [place, tools] = await Promise.all([provePlace(first, target), readTools(first)]);
      return chrootedShell(carrier, look.way, target, place, tools, look.reasons);
    }
    const [, accounts, lent] = await Promise.all([provePlace(first, target), readAccounts(first), readLent(first)]);
    return readingShell(carrier, look.way, target, accounts, lent, look.reasons);
  } catch (error) {
    await first.close();
    throw error;
  }
}
