import type { WebSocket } from "ws";
import { ScanError } from "#contract/errors.ts";
import { decodeExit, type ExecEnd } from "./exit.ts";
import { channels, closeFrame, decodeFrame, encodeFrame } from "./frames.ts";

/** What a channel hands on as it comes. The bytes are its own copy; `end` is called once and last. */
export interface ChannelListener {
  stdout(bytes: Uint8Array): void;
  stderr(bytes: Uint8Array): void;
  end(how: ExecEnd): void;
}

const pingEveryMs = 8_000;
/** Two pings without a sign of life. Data counts: an unread stdin blocks pongs at the server. */
const silenceLimitMs = 61_000;
/** Go's WebSocket server reads whole messages and ends the session above 32 MiB; small ones keep latency low. */
const largestStdinBytes = 16 * 1024;

/**
 * One exec stream: bytes in and out of a process in a container. It knows frames, liveness and how the stream ended,
 * and nothing of what runs there.
 */
export class ExecChannel {
  readonly protocol: string;
  bytesIn = 0;
  bytesOut = 0;
  readonly #socket: WebSocket;
  readonly #listener: ChannelListener;
  readonly #heartbeat: NodeJS.Timeout;
  #exit: ExecEnd | undefined;
  #failure: Error | undefined;
  #ended = false;
  #closedHere = false;
  #lastSign = performance.now();

  constructor(socket: WebSocket, listener: ChannelListener) {
    this.#socket = socket;
    this.#listener = listener;
    this.protocol = socket.protocol;
    socket.binaryType = "nodebuffer";
    socket.removeAllListeners("error");
    socket.on("message", (message) => this.#receive(message as Buffer)); // binaryType says so
    socket.on("pong", () => this.#sign());
    socket.on("error", (error) => {
      this.#failure = error;
    });
    socket.on("close", (code) => this.#closed(code));
    this.#heartbeat = setInterval(() => this.#beat(), pingEveryMs);
    this.#heartbeat.unref();
    socket.resume();
  }

  /** Bytes that are queued here and have not reached the network. */
  get queuedBytes(): number {
    return this.#socket.bufferedAmount;
  }

  /** Sends bytes to the process's standard input. After the end they go nowhere, and `end` has told why. */
  write(bytes: Uint8Array): void {
    for (let start = 0; start < bytes.length; start += largestStdinBytes) {
      const piece = bytes.subarray(start, start + largestStdinBytes);
      this.bytesOut += piece.length;
      if (this.#socket.readyState === this.#socket.OPEN) this.#socket.send(encodeFrame(channels.stdin, piece));
    }
  }

  /** Ends standard input, as far as the protocol can: v4 cannot, and the process goes with the socket. */
  endStdin(): void {
    if (this.protocol.startsWith("v5.")) this.#socket.send(closeFrame(channels.stdin));
    else this.close();
  }

  /** Lets go at once. The listener's `end` tells `closed`, unless the stream had ended already. */
  close(): void {
    this.#closedHere = true;
    this.#socket.terminate();
  }

  #receive(message: Buffer): void {
    this.#sign();
    try {
      const { channel, payload } = decodeFrame(message);
      if (payload.length === 0) return;
      this.bytesIn += payload.length;
      if (channel === channels.stdout) this.#listener.stdout(payload);
      else if (channel === channels.stderr) this.#listener.stderr(payload);
      else if (channel === channels.status) this.#exit ??= decodeExit(payload);
      else
        throw new ScanError("connection-lost", `the API server sent data on channel ${channel}, which does not exist`);
    } catch (error) {
      this.#failure = error instanceof Error ? error : new Error(String(error));
      this.#socket.terminate();
    }
  }

  #sign(): void {
    this.#lastSign = performance.now();
  }

  #beat(): void {
    if (performance.now() - this.#lastSign > silenceLimitMs) {
      this.#failure = new ScanError("connection-lost", `no sign of life for ${silenceLimitMs / 1000} s`);
      this.#socket.terminate();
    } else if (this.#socket.readyState === this.#socket.OPEN) this.#socket.ping();
  }

  #closed(code: number): void {
    if (this.#ended) return;
    this.#ended = true;
    clearInterval(this.#heartbeat);
    this.#listener.end(this.#howItEnded(code));
  }

  /** Complete is only what has a status frame and an orderly close: anything else is an unknown outcome. */
  #howItEnded(code: number): ExecEnd {
    if (this.#exit !== undefined && code === 1000) return this.#exit;
    if (this.#closedHere) return { kind: "closed" };
    const why = this.#failure?.message ?? `the stream closed with code ${code}`;
    const missing = this.#exit === undefined ? "before a status arrived" : "after the status, but not in order";
    return { kind: "lost", message: `${why}, ${missing}` };
  }
}
