/** How a container was looked at; every report says it. */
export const ways = ["shell", "toolbox-chroot", "toolbox-read", "sidecar", "windows", "image"] as const;
export type Way = (typeof ways)[number];

export interface RunOptions {
  /** Bytes for the command's standard input; without them it reads end-of-file at once. */
  readonly stdin?: Uint8Array;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

/** What a command left behind, byte for byte. */
export interface Completed {
  readonly stdout: Uint8Array;
  readonly stderr: Uint8Array;
  /**
   * 0–255, and 128+n when signal n ended the command, as a shell counts. On Windows all 32 bits as whoever started it counts
   * them: PowerShell and cmd signed (-1073741819 for 0xC0000005), a runtime unsigned (3221225477).
   */
  readonly exitCode: number;
  /** The signal that ended it, where the way can tell it from an exit code above 128. */
  readonly signal?: string;
  /** True when output beyond the cap was thrown away. */
  readonly truncated: boolean;
  readonly elapsedMs: number;
  /** Programs that the target lacks and that a toolbox may have lent for this answer. */
  readonly borrowed?: readonly string[];
}

/**
 * A place where commands run inside one container. `run` gives what the command left behind; trouble on the way is a
 * ScanError and never a Completed: `timeout` when `timeoutMs` ran out, `connection-lost` when it is unknown how the
 * command ended.
 */
export interface Shell {
  readonly way: Way;
  run(command: string | Uint8Array, options?: RunOptions): Promise<Completed>;
  close(): Promise<void>;
}
