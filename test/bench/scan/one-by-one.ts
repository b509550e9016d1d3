import type { Audited } from "#audit/job.ts";
import type { Connection } from "#cluster/connection.ts";
import type { Completed, Shell } from "#contract/shell.ts";
import type { Target } from "#contract/target.ts";
import { oneExecEach } from "#reach/exec-once.ts";
import { openShell } from "#reach/open-shell.ts";
import type { Place } from "./place.ts";
import type { Measured } from "./profiles.ts";

/** What a command left behind, and how long the auditor waited for it. */
interface Answered {
  readonly completed: Completed;
  readonly ms: number;
}

/** A run of the profile that sent each command when it was asked, and not before. */
export interface OneByOne {
  readonly wallMs: number;
  readonly hdf: Uint8Array;
  /** In the order of asking; the auditor asks nothing twice. */
  readonly answers: ReadonlyMap<string, Answered>;
}

/** The auditor over any Shell, one command at a time. Closes the shell, which may still be opening. */
export async function oneByOne(place: Place, profile: Measured, open: () => Promise<Shell> | Shell): Promise<OneByOne> {
  const answers = new Map<string, Answered>();
  const begun = performance.now();
  const inner = Promise.resolve(open());
  const listening = inner.then(
    (shell): Shell => ({
      way: shell.way,
      async run(command, options) {
        const asked = performance.now();
        const completed = await shell.run(command, options);
        answers.set(textOf(command), { completed, ms: performance.now() - asked });
        return completed;
      },
      close: async () => undefined,
    }),
  );
  const { hdf } = await audit(place, profile, listening);
  const wallMs = performance.now() - begun;
  await inner.then((shell) => shell.close());
  return { wallMs, hdf, answers };
}

/** The same over one session without distance: what the profile asks of this container, with the answers. */
export async function recorded(place: Place, profile: Measured, target: Target): Promise<OneByOne> {
  const connection = place.connect(0);
  try {
    return await oneByOne(place, profile, () => openShell(connection, target));
  } finally {
    connection.close();
  }
}

/** One exec WebSocket a command: the reference for results. `path` is the shell that a session would use. */
export function singleExecs(place: Place, profile: Measured, to: Connection, target: Target, path: string) {
  return oneByOne(place, profile, () => oneExecEach(to, target, path));
}

/** The auditor's child alone: every answer comes from memory. What was not recorded is an error. */
export function replayed(place: Place, profile: Measured, { answers }: OneByOne): Promise<Audited> {
  return audit(place, profile, {
    way: "shell",
    async run(command) {
      const known = answers.get(textOf(command));
      if (known === undefined) throw new Error(`not recorded: ${textOf(command)}`);
      return known.completed;
    },
    close: async () => undefined,
  });
}

/** Without `answers` in its job the auditor sends each command when it is asked. */
function audit(place: Place, { path, inputs }: Measured, shell: Shell | Promise<Shell>): Promise<Audited> {
  return place.auditor.audit({
    ...{ shell, profile: path, ...(inputs && { inputs }) },
    identity: { uri: "muster://measured", uniqueId: "measured" },
    ...{ olderAuditor: false, presentAsContainer: false, deadlineMs: 900_000 },
  });
}

const textOf = (command: string | Uint8Array) => Buffer.from(command).toString("utf8");
