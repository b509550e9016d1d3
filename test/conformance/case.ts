import type { Connection } from "#cluster/connection.ts";
import type { Shell } from "#contract/shell.ts";
import type { Target } from "#contract/target.ts";
import type { Lab } from "./lab.ts";

/** A behaviour's number: T1–T56 of the specification, and from T57 on what users of exec-based tools expect besides. */
export type CaseId = `T${number}`;

/**
 * quick: in every `npm test`. slow: only in the full run. apart: mostly waits, touches only what it made itself, and so
 * runs beside the others. alone: counts what this process holds, so nothing may run beside it.
 */
export type Pace = "quick" | "slow" | "apart" | "alone";

/** One behaviour of the transport, as a check against real bytes or a typed error. Several cases may share a number. */
export interface Case {
  readonly id: CaseId;
  /** What holds, as a sentence. */
  readonly title: string;
  /** What goes wrong for a user where it does not hold. */
  readonly why: string;
  /** Default quick. */
  readonly pace?: Pace;
  /**
   * once: it concerns the API or the network and runs in one container of a cluster. last: it concerns this process
   * (memory, sockets) and runs in one container of the last cluster. Default: in each container.
   */
  readonly where?: "each" | "once" | "last";
  /** Default 60 s. */
  readonly timeoutMs?: number;
  /** Throws a Mismatch (or a ScanError that was not expected) when the behaviour does not hold. */
  readonly run: (context: Context) => Promise<void>;
}

/** What a case works with: one container of one cluster. */
export interface Context {
  readonly connection: Connection;
  readonly target: Target;
  /** The shell that the reference found by itself. */
  readonly shell: string;
  /** One exec a command: what every answer is held to. */
  readonly reference: Shell;
  readonly tools: ReadonlySet<string>;
  /** Scripted faults; undefined on a cluster that is not ours. */
  readonly lab: Lab | undefined;
  /** Requests that this case's own connection has made. */
  readonly requests: () => number;
  /** A session in the container, or in another over another connection. It is closed after the case. */
  readonly open: (target?: Target, connection?: Connection) => Promise<Shell>;
  /** A new connection to the same cluster with the same credentials, read again from where they came. */
  readonly reconnect: () => Connection;
  /** Called after the case, last come first served. */
  readonly atEnd: (undo: () => Promise<void> | void) => void;
}

/** Thrown by a case that cannot say anything about this container or cluster; the message is the reason. */
export class NotApplicable extends Error {}

/** The lab of an embedded cluster; without it the case does not apply. */
export function labOf(context: Context): Lab {
  if (context.lab === undefined) throw new NotApplicable("needs scripted faults, which only the embedded cluster has");
  return context.lab;
}

/** Ends the case as not applicable unless the container has these programs. */
export function requireTools(context: Context, ...tools: readonly string[]): void {
  const missing = tools.filter((tool) => !context.tools.has(tool));
  if (missing.length > 0) throw new NotApplicable(`the container has no ${missing.join(", ")}`);
}
