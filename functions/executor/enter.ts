import type { Answers } from "#audit/answers.ts";
import type { Connection } from "#cluster/connection.ts";
import { nodeArchitecture } from "#cluster/nodes.ts";
import { readPod } from "#cluster/pods.ts";
import { fileContent, fileRecord } from "#commands/file-record.ts";
import { ScanError } from "#contract/errors.ts";
import type { ClusterPolicy } from "#contract/policy.ts";
import type { ReasonCode } from "#contract/reasons.ts";
import type { Shell } from "#contract/shell.ts";
import { type Target, targetName } from "#contract/target.ts";
import { wasNeverSent } from "#reach/loss.ts";
import { openShell } from "#reach/open-shell.ts";
import { ownShell } from "#reach/own-shell.ts";
import { reachShutOut, reachWithoutShell } from "#reach/reach-target.ts";
import type { Reached } from "#reach/reached.ts";
import { ReopeningShell } from "#reach/reopening.ts";
import type { Session } from "#reach/session.ts";
import { openWindows } from "#reach/windows/open-windows.ts";
import type { WindowsSession } from "#reach/windows/session.ts";
import { throughWindows } from "#reach/windows/through-windows.ts";
import type { Images } from "./images.ts";
import { type Located, locate, stillThere } from "./locate.ts";

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
  readonly located: Promise<Located>;
  /** Resolves when pod and session agree that this is the target. */
  readonly shell: Promise<Reached>;
  cost(): Promise<StreamCost>;
  close(): Promise<void>;
}

export interface EntryOptions {
  readonly answers: Answers;
  /** What the cluster allows where the container has no shell. */
  readonly policy: ClusterPolicy;
  /** Where images of containers are to be had that cannot be entered. Default: nowhere. */
  readonly images?: Images | undefined;
  readonly signal: AbortSignal;
}

/** What no later try at an exec would change: such a container has another way in, or none. */
const cannotEnter: ReadonlySet<ReasonCode> = new Set(["no-shell", "forbidden", "exec-refused", "policy-blocked"]);

/** Texts that many commands end with. */
const known = [fileRecord, fileContent];

/** A stream into the container, whatever shells its OS has. */
type Opened = Session | WindowsSession;

/**
 * Reads the pod and opens the session at once, and sends what is known to be asked with the session's first bytes. What
 * takes long goes over a second stream, if there is such. Answers are held back until the pod's identity and the session
 * agree; what the pod says explains more than an exec. A container without a shell is reached as its cluster allows.
 */
export function enter(
  connection: Connection,
  target: Target,
  { answers, policy, images, signal }: EntryOptions,
): Entry {
  const located = locate(connection, target, signal);
  const stream = (ahead: (session: Opened) => void = () => undefined): Promise<Opened> =>
    target.os === "windows"
      ? openWindows(connection, target, { signal, ahead })
      : openShell(connection, target, { signal, known, ahead });
  const lane = answers.wantsSecondLane ? stream((session) => answers.sendSecond(session)) : undefined;
  if (lane !== undefined) answers.second(lane);
  /** What is sent with the greeting and never ran, as its stream ended before, runs once the shell is there again. */
  const early = (session: Opened): Shell => ({
    way: session.way,
    close: () => session.close(),
    run: (command, options) =>
      session.run(command, options).catch(async (error: unknown) => {
        if (!wasNeverSent(error) || (await opened) !== session) throw error;
        return (await shell).run(command, options);
      }),
  });
  const opened: Promise<Opened> = stream((session) => answers.sendFirst(early(session)));
  const unchanged = async () => stillThere(connection, (await located).target, signal);
  const open = async () => {
    await unchanged();
    return stream();
  };
  const pod = async () => {
    const found = await readPod(connection, target.namespace, target.pod, signal);
    if (found === undefined) throw new ScanError("not-running", `${targetName(target)}: the pod is gone`);
    return found;
  };
  const withoutShell = async (refusal: unknown) => {
    if (!(refusal instanceof ScanError) || !cannotEnter.has(refusal.code)) throw refusal;
    const now = await located;
    const architecture = () => nodeArchitecture(connection, target.node, signal);
    const options = { signal, pod, stillThere: unchanged, images: await images?.(policy), known, architecture };
    const reached =
      refusal.code === "no-shell"
        ? await reachWithoutShell(connection, now.target, policy.toolbox, options, refusal)
        : await reachShutOut(now.target, now.pod, options, refusal);
    answers.sendFirst(reached);
    return reached;
  };
  const shell: Promise<Reached> = bothOf(located, opened).then(
    (first) => ("speaks" in first ? throughWindows(first, open) : ownShell(new ReopeningShell({ first, open, known }))),
    withoutShell,
  );
  shell.catch(() => undefined); // told to whoever awaits it
  return {
    located,
    shell,
    async cost() {
      const second = await lane?.catch(() => undefined);
      const streams = [await shell, ...(second === undefined ? [] : [second])];
      const sum = (of: (stream: Reached | Opened) => number) => streams.map(of).reduce((a, b) => a + b, 0);
      return {
        execStreams: sum(({ execStreams }) => execStreams),
        bytesIn: sum(({ traffic }) => traffic.bytesIn),
        bytesOut: sum(({ traffic }) => traffic.bytesOut),
        stalls: sum(({ traffic }) => traffic.stalls),
      };
    },
    async close() {
      const all: readonly (Promise<Reached | Opened> | undefined)[] = [shell, opened, lane];
      await Promise.all(all.map((each) => each?.then((stream) => stream.close()).catch(() => undefined)));
    },
  };
}

async function bothOf(located: Promise<Located>, opened: Promise<Opened>): Promise<Opened> {
  const [target, session] = await Promise.allSettled([located, opened]);
  if (target.status === "rejected") throw target.reason;
  if (session.status === "rejected") throw session.reason;
  return session.value;
}
