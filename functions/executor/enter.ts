import type { Answers } from "#audit/answers.ts";
import type { Connection } from "#cluster/connection.ts";
import { fileContent, fileRecord } from "#commands/file-record.ts";
import type { Target } from "#contract/target.ts";
import { openShell } from "#reach/open-shell.ts";
import { ReopeningShell } from "#reach/reopening.ts";
import type { Session } from "#reach/session.ts";
import { locate, stillThere } from "./locate.ts";

/** What the exec streams of a scan carried. */
export interface StreamCost {
  readonly execStreams: number;
  readonly bytesIn: number;
  readonly bytesOut: number;
  readonly stalls: number;
}

/** The way into one container, while it is being opened and after. */
export interface Entry {
  /** The target as the pod tells of it now. */
  readonly located: Promise<Target>;
  /** Resolves when pod and session agree that this is the target. */
  readonly shell: Promise<ReopeningShell>;
  cost(): Promise<StreamCost>;
  close(): Promise<void>;
}

/**
 * Reads the pod and opens the session at once, and sends what is known to be asked with the session's first bytes. What
 * takes long goes over a second stream, if there is such. Answers are held back until the pod's identity and the session
 * agree; what the pod says explains more than an exec.
 */
export function enter(connection: Connection, target: Target, answers: Answers, signal: AbortSignal): Entry {
  const known = [fileRecord, fileContent];
  const located = locate(connection, target, signal);
  const sendSecond = (session: Session) => answers.sendSecond(session);
  const lane = answers.wantsSecondLane
    ? openShell(connection, target, { signal, known, ahead: sendSecond })
    : undefined;
  if (lane !== undefined) answers.second(lane);
  const opened = openShell(connection, target, { signal, known, ahead: (session) => answers.sendFirst(session) });
  const reopen = async () => {
    await stillThere(connection, await located, signal);
    return openShell(connection, target, { signal, known });
  };
  const shell = bothOf(located, opened).then((first) => new ReopeningShell({ first, open: reopen, known }));
  shell.catch(() => undefined); // told to whoever awaits it
  return {
    located,
    shell,
    async cost() {
      const second = await lane?.catch(() => undefined);
      const streams = [await shell, ...(second === undefined ? [] : [second])];
      const sum = (of: (stream: ReopeningShell | Session) => number) => streams.map(of).reduce((a, b) => a + b, 0);
      return {
        execStreams: sum(({ execStreams }) => execStreams),
        bytesIn: sum(({ traffic }) => traffic.bytesIn),
        bytesOut: sum(({ traffic }) => traffic.bytesOut),
        stalls: sum(({ traffic }) => traffic.stalls),
      };
    },
    async close() {
      const all: readonly (Promise<ReopeningShell | Session> | undefined)[] = [shell, opened, lane];
      await Promise.all(all.map((each) => each?.then((stream) => stream.close()).catch(() => undefined)));
    },
  };
}

async function bothOf(located: Promise<Target>, opened: Promise<Session>): Promise<Session> {
  const [target, session] = await Promise.allSettled([located, opened]);
  if (target.status === "rejected") throw target.reason;
  if (session.status === "rejected") throw session.reason;
  return session.value;
}
