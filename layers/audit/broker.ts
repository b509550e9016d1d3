import { chmod } from "node:fs/promises";
import { connect, createServer, type Server, type Socket } from "node:net";
import { asScanError, ScanError } from "#contract/errors.ts";
import type { Answer } from "./answers.ts";
import {
  encodeCompleted,
  encodeNotAsked,
  encodeTimeout,
  type Frame,
  Nonsense,
  type Outcome,
  takeFrames,
} from "./frames.ts";
import type { ProgressEvent } from "./job.ts";

export interface BrokerOptions {
  /** Where the socket is to be; at most 107 bytes. */
  readonly path: string;
  readonly answer: Answer;
  readonly onProgress: (event: ProgressEvent) => void;
  /** The scan cannot go on: the shell broke, or the child spoke nonsense. */
  readonly onTrouble: (error: ScanError) => void;
}

export interface Broker {
  /** The child is gone: lets go of a command that nobody waits for, and gives the last outcome that the child told. */
  finish(): Promise<Outcome | undefined>;
  close(): void;
}

/** Answers one child over one Unix socket. The second to connect finds nobody. */
export async function openBroker({ path, answer, onProgress, onTrouble }: BrokerOptions): Promise<Broker> {
  const leaving = new AbortController();
  let outcome: Outcome | undefined;
  let conversation: Promise<void> = Promise.resolve();
  let connection: Socket | undefined;

  const server = createServer((socket) => {
    server.close();
    connection = socket;
    socket.on("error", () => {}); // the child's end is told by its exit
    conversation = converse(socket).catch((thrown: unknown) => {
      if (!leaving.signal.aborted) onTrouble(troubleOf(thrown));
    });
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
  await chmod(path, 0o600);

  async function converse(socket: Socket): Promise<void> {
    let rest: Buffer = Buffer.alloc(0);
    try {
      for await (const chunk of socket) {
        const taken = takeFrames(Buffer.concat([rest, chunk]));
        rest = taken.rest;
        for (const frame of taken.frames) await obey(frame, socket);
      }
    } catch (thrown) {
      if (thrown instanceof Nonsense || thrown instanceof ScanError) throw thrown;
      if (isHangUp(thrown)) return;
      throw thrown;
    }
  }

  async function obey(frame: Frame, socket: Socket): Promise<void> {
    if (frame.type === "progress") onProgress(frame.event);
    else if (frame.type === "outcome") outcome = frame.outcome;
    else for (const part of await reply(frame.command, frame.timeoutMs)) await flush(socket, part);
  }

  async function reply(command: Uint8Array, timeoutMs: number | undefined): Promise<readonly Uint8Array[]> {
    try {
      return encodeCompleted(await unlessAborted(answer(command, timeoutMs, leaving.signal), leaving.signal));
    } catch (thrown) {
      // Only a command with a time of its own can run out of it; without one, the way to the target is to blame.
      if (timeoutMs !== undefined && thrown instanceof ScanError && thrown.code === "timeout") {
        return encodeTimeout(thrown.message);
      }
      // Said of one command: what cannot be opened at all ends the audit before it is asked anything.
      if (thrown instanceof ScanError && thrown.code === "no-shell") return encodeNotAsked(thrown.message);
      throw thrown instanceof Nonsense ? thrown : asScanError(thrown);
    }
  }

  return {
    async finish() {
      if (connection === undefined) await knock(server, path);
      leaving.abort();
      await conversation;
      return outcome;
    },
    close() {
      leaving.abort();
      server.close();
      connection?.destroy();
    },
  };
}

/**
 * Waits until whoever connected before now was let in: a child that ends at once may be told ended before its connection
 * was seen. Connections are let in one after the other, so when our own is there, or refused, the child's was.
 */
function knock(server: Server, path: string): Promise<void> {
  return new Promise((resolve) => {
    server.once("connection", () => resolve());
    connect(path)
      .on("error", () => resolve())
      .end();
  });
}

/** Waits until it is written: a child that asks and never reads must not fill our memory with answers. */
function flush(socket: Socket, bytes: Uint8Array): Promise<void> {
  return new Promise((resolve) => {
    socket.write(bytes, () => resolve());
  });
}

function troubleOf(thrown: unknown): ScanError {
  if (thrown instanceof Nonsense) {
    return new ScanError("auditor-crashed", `the profile's process broke the protocol: it sent ${thrown.message}`);
  }
  return asScanError(thrown);
}

const isHangUp = (thrown: unknown) =>
  thrown instanceof Error &&
  "code" in thrown &&
  ["ECONNRESET", "EPIPE", "ERR_STREAM_PREMATURE_CLOSE"].includes(String(thrown.code));

/** The promise, or a rejection as soon as the signal says so, whoever heeds it. */
function unlessAborted<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const leave = () => reject(new ScanError("cancelled", "the audit has ended"));
    if (signal.aborted) return leave();
    signal.addEventListener("abort", leave, { once: true });
    promise.then(resolve, reject).finally(() => signal.removeEventListener("abort", leave));
  });
}
