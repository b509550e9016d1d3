import type { ChannelListener, ExecChannel } from "#cluster/exec/channel.ts";
import type { Completed, RunOptions } from "#contract/shell.ts";
import type { SessionLimits } from "./limits.ts";

/** What a session needs from below: its stream, and a way to end a process that runs too long. */
export interface SessionParts {
  /** The shell that runs the loop, and each command with `-c`. */
  readonly shell: readonly string[];
  /** Opens the stream that the loop runs in, and hands it the listener. */
  readonly open: (listener: ChannelListener) => Stream;
  /**
   * Ends a process and its descendants inside the container, over a stream of its own; with `parent` only if it is that
   * one's child.
   */
  readonly stop: (pid: number, parent?: number) => Promise<void>;
  /** Runs a command over a stream of its own, for those that may reach past their own process. */
  readonly alone?: (command: string, options: RunOptions) => Promise<Completed>;
  readonly limits?: Partial<SessionLimits> | undefined;
  /** Long texts that many commands end with: each travels once. */
  readonly known?: readonly string[] | undefined;
  readonly now?: () => number;
  /** How long a silence may last before a no-op goes through the loop. */
  readonly idleMs?: number;
}

export type Stream = Pick<ExecChannel, "write" | "close" | "bytesIn" | "bytesOut">;
