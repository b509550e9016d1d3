import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import type { RawData, WebSocket } from "ws";
import type { ExecFault } from "../../faults.ts";
import type { ExecRequest } from "./exec-request.ts";
import type { ContainerProcess, ExecEnd } from "./runc-exec.ts";
import { sessionStatus } from "./session-status.ts";

const STDIN = 0;
const STDOUT = 1;
const STDERR = 2;
const STATUS = 3;
const CLOSE = 255;

/** Payload of one message to the client, as the Go server's copy buffer has it. */
const FRAME_BYTES = 32 * 1024;
/** Above this much unsent, the process's pipes are left alone until the client has taken it. */
const HIGH_WATER_BYTES = 256 * 1024;

/**
 * Serves one exec session over a WebSocket (remotecommand v4 or v5): channels both ways with back-pressure, then, after all
 * output, the status and close 1000. When the client goes away the process keeps running without it, as with a kubelet.
 */
export async function serveSession(
  socket: WebSocket,
  request: ExecRequest,
  process: ContainerProcess,
  fault: ExecFault = {},
): Promise<void> {
  greet(socket, request);
  if (request.stdin) receive(socket, process);
  else process.stdin.end();
  socket.once("close", () => process.stdin.end());
  const drained = [
    forward(socket, STDOUT, process.stdout, request.stdout),
    forward(socket, STDERR, process.stderr, request.stderr),
  ];
  const end = await process.ended;
  await Promise.all(drained);
  conclude(socket, end, fault);
}

/** The empty message on the lowest writable channel that tells the client it was accepted (wsstream). */
export function greet(socket: WebSocket, request: ExecRequest): void {
  socket.send(Uint8Array.of(request.stdout ? STDOUT : request.stderr ? STDERR : STATUS));
}

/** Sends a status and ends the session with close 1000. */
export function sendStatus(socket: WebSocket, status: object): void {
  socket.send(Buffer.concat([Uint8Array.of(STATUS), Buffer.from(JSON.stringify(status))]));
}

function conclude(socket: WebSocket, end: ExecEnd, fault: ExecFault): void {
  if (fault.abruptEnd) {
    socket.terminate();
    return;
  }
  const copies = fault.status === "missing" ? 0 : fault.status === "duplicate" ? 2 : 1;
  for (let copy = 0; copy < copies; copy += 1) sendStatus(socket, sessionStatus(end));
  socket.close(1000);
}

function receive(socket: WebSocket, process: ContainerProcess): void {
  let closed = false;
  process.stdin.once("close", () => {
    closed = true;
    socket.resume();
  });
  let stalled = false;
  socket.on("message", (data) => {
    const message = bytesOf(data);
    if (message[0] === CLOSE && socket.protocol.startsWith("v5.")) {
      // Only a two-byte message is a signal; any other length ends the connection (wsstream).
      if (message.length !== 2) return socket.terminate();
      if (message[1] === STDIN) process.stdin.end();
      return;
    }
    if (message[0] !== STDIN || message.length === 1 || closed || process.stdin.writableEnded) return;
    if (process.stdin.write(message.subarray(1))) return;
    // An unread stdin stalls the whole receiving side, pongs too, exactly as in the Go server.
    socket.pause();
    if (stalled) return; // messages that had come before the pause
    stalled = true;
    process.stdin.once("drain", () => {
      stalled = false;
      socket.resume();
    });
  });
}

async function forward(socket: WebSocket, channel: number, output: Readable, wanted: boolean): Promise<void> {
  const sent = (): void => {
    if (socket.bufferedAmount <= HIGH_WATER_BYTES) output.resume();
  };
  socket.once("close", () => output.resume());
  output.on("data", (chunk: Uint8Array) => {
    if (!wanted || socket.readyState !== socket.OPEN) return;
    for (let begin = 0; begin < chunk.length; begin += FRAME_BYTES) {
      const payload = chunk.subarray(begin, begin + FRAME_BYTES);
      const message = Buffer.allocUnsafe(payload.length + 1);
      message[0] = channel;
      message.set(payload, 1);
      socket.send(message, { binary: true }, sent);
    }
    if (socket.bufferedAmount > HIGH_WATER_BYTES) output.pause();
  });
  await finished(output, { writable: false }).catch(() => {});
}

function bytesOf(data: RawData): Uint8Array {
  if (data instanceof ArrayBuffer) return new Uint8Array(data);
  return Array.isArray(data) ? Buffer.concat(data) : data;
}
