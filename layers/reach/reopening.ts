import { classOf } from "#commands/class-of.ts";
import { ScanError } from "#contract/errors.ts";
import type { Completed, RunOptions, Shell, Way } from "#contract/shell.ts";
import { wasNeverSent } from "./loss.ts";
import type { Carrier } from "./reached.ts";

/** One stream's session, of any kind. */
export interface Lasting extends Carrier, Pick<Shell, "way"> {
  /** Whether commands can still be run. */
  readonly open: boolean;
  /** Whether it ended because a command left processes behind that still write. */
  readonly handedOver: boolean;
}

export interface ReopeningParts {
  /** Opens a session in the same container; it must refuse when the container is another one by now. */
  readonly open: () => Promise<Lasting>;
  readonly first: Lasting;
  /** Texts of the auditor's own that only look, as in `classOf`. */
  readonly known?: readonly string[];
  /** Whether a command only looks, so that it may run again. Default: what `classOf` says of a POSIX shell's. */
  readonly onlyLooks?: (command: string) => boolean;
  /** How often a lost session may be followed by another. Default 3. */
  readonly most?: number;
}

/**
 * A Shell that outlives its stream. A session that was lost, or that went to a command which left processes behind, is
 * followed by another; a command that was never sent runs there, and so does one that is known to only look. How any
 * other ended is unknown, and it is never run twice.
 */
export class ReopeningShell implements Shell {
  readonly way: Way;
  readonly #parts: ReopeningParts;
  readonly #past: Lasting[] = [];
  #current: Promise<Lasting>;
  #closed = false;

  constructor(parts: ReopeningParts) {
    this.#parts = parts;
    this.way = parts.first.way;
    this.#current = Promise.resolve(parts.first);
    this.#past.push(parts.first);
  }

  async run(command: string | Uint8Array, options?: RunOptions): Promise<Completed> {
    for (;;) {
      const session = await this.#session();
      try {
        return await session.run(command, options);
      } catch (error) {
        if (this.#closed || !(error instanceof ScanError) || error.code !== "connection-lost" || session.open)
          throw error;
        if (!wasNeverSent(error) && !this.#onlyLooks(textOf(command))) {
          const text = `the connection was lost while a command ran, and how that ended is unknown: ${error.message}`;
          throw new ScanError("connection-lost", text, { cause: error });
        }
      }
    }
  }

  #onlyLooks(text: string): boolean {
    const { known = [], onlyLooks } = this.#parts;
    return onlyLooks?.(text) ?? classOf(text, { known }) !== "unknown";
  }

  async close(): Promise<void> {
    this.#closed = true;
    const sessions = [...this.#past, await this.#current.catch(() => undefined)];
    await Promise.allSettled(sessions.map((session) => session?.close()));
  }

  /** Exec streams of all sessions: one each, and one for each command that had to be killed. */
  get execStreams(): number {
    return this.#past.reduce((sum, session) => sum + session.execStreams, 0);
  }

  get traffic(): { readonly bytesIn: number; readonly bytesOut: number; readonly stalls: number } {
    const sum = { bytesIn: 0, bytesOut: 0, stalls: 0 };
    for (const { traffic } of this.#past) {
      sum.bytesIn += traffic.bytesIn;
      sum.bytesOut += traffic.bytesOut;
      sum.stalls += traffic.stalls;
    }
    return sum;
  }

  /** The session that is open now, or the next one. All who wait share one opening. */
  async #session(): Promise<Lasting> {
    const opening = this.#current;
    const session = await opening;
    if (!this.#past.includes(session)) this.#past.push(session);
    if (session.open || this.#closed) return session;
    if (this.#current === opening) {
      const lost = this.#past.filter(({ handedOver }) => !handedOver).length;
      if (lost > (this.#parts.most ?? 3)) {
        throw new ScanError("connection-lost", `the connection was lost ${lost} times`);
      }
      this.#current = this.#parts.open();
      this.#current.catch(() => undefined); // told to whoever awaits it
    }
    return this.#session();
  }
}

const textOf = (command: string | Uint8Array) =>
  typeof command === "string" ? command : Buffer.from(command).toString("latin1");
