import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";

/** What goes wrong with the requests that match. Several effects may be combined. */
export interface Fault {
  /** Which requests: method, path with query, and the user name once it is known. */
  readonly match: (request: { readonly method: string; readonly url: string }) => boolean;
  /** How many requests it hits before it is used up. Default: every one until it is removed. */
  readonly times?: number;
  /** Waits before anything else is done. */
  readonly delayMs?: number;
  /** Answers with this status code, instead of looking at the request at all. */
  readonly respond?: {
    readonly code: number;
    readonly body?: string | object;
    readonly retryAfterSeconds?: number;
    readonly headers?: Readonly<Record<string, string>>;
  };
  /** Cuts the connection by reset after so many bytes of the response, HTTP headers included. */
  readonly dropAfterBytes?: number;
  /** Sends nothing more after so many bytes of the response, and keeps the connection. */
  readonly freezeAfterBytes?: number;
  /** Called when that many bytes were sent. */
  readonly frozen?: () => void;
  /** Effects on an exec session; the session is then served by us for v4 as well. */
  readonly exec?: ExecFault;
}

export interface ExecFault {
  /** The sub-protocol that the server claims, whatever was offered. */
  readonly subprotocol?: string;
  /** `missing`: close 1000 without one. `duplicate`: two of them. */
  readonly status?: "missing" | "duplicate";
  /** Ends without a close frame in place of the status, which the client sees as 1006. */
  readonly abruptEnd?: boolean;
  /** The runtime starts no process, and says so in these words: how a runtime or policy is played that is not here. */
  readonly refusal?: string;
}

/** The scripted misbehaviour of one cluster. */
export class Faults {
  readonly #armed = new Set<{ readonly fault: Fault; left: number }>();

  /** Arms a fault; the function that is given disarms it. */
  add(fault: Fault): () => void {
    const entry = { fault, left: fault.times ?? Number.POSITIVE_INFINITY };
    this.#armed.add(entry);
    return () => this.#armed.delete(entry);
  }

  clear(): void {
    this.#armed.clear();
  }

  /** The first armed fault that matches a request, counted as used. */
  take(request: IncomingMessage): Fault | undefined {
    const seen = { method: request.method ?? "GET", url: request.url ?? "/" };
    for (const entry of this.#armed) {
      if (!entry.fault.match(seen)) continue;
      entry.left -= 1;
      if (entry.left <= 0) this.#armed.delete(entry);
      return entry.fault;
    }
    return undefined;
  }
}

/** Applies dropAfterBytes and freezeAfterBytes to what is written to a socket from now on. */
export function limitWrites(socket: Duplex, fault: Fault): void {
  const limit = fault.dropAfterBytes ?? fault.freezeAfterBytes;
  if (limit === undefined) return;
  const write = socket.write.bind(socket);
  let left = limit;
  const limited = (chunk: Uint8Array | string, ...rest: unknown[]): boolean => {
    const bytes = typeof chunk === "string" ? Buffer.from(chunk, encodingOf(rest[0])) : Buffer.from(chunk);
    const sent = bytes.subarray(0, Math.max(0, left));
    left -= bytes.length;
    if (left >= 0) return write(bytes, callbackOf(rest));
    if (sent.length > 0) write(sent);
    if (fault.dropAfterBytes !== undefined) setImmediate(() => socket.destroy());
    else fault.frozen?.();
    return false; // and no callback: a peer that takes nothing more
  };
  // Node types write as overloads, which one function cannot satisfy without saying so.
  socket.write = limited as typeof socket.write;
}

function encodingOf(value: unknown): BufferEncoding {
  return typeof value === "string" && Buffer.isEncoding(value) ? value : "utf8";
}

function callbackOf(rest: readonly unknown[]): (error?: Error | null) => void {
  const last = rest.at(-1);
  return typeof last === "function" ? (error) => void last(error) : () => {};
}
