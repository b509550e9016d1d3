import { type RawData, WebSocket } from "ws";
import { sendStatus } from "./session.ts";
import { internalError } from "./session-status.ts";

const CLOSE = 255;

/**
 * A v5 session with a terminal, carried over the runtime's own v4 streaming: a terminal has no half-close to translate,
 * and resize (channel 4) passes through.
 */
export function serveTerminal(client: WebSocket, url: string): void {
  const runtime = new WebSocket(url.replace(/^http/, "ws"), "v4.channel.k8s.io", { perMessageDeflate: false });
  const early: RawData[] = [];
  client.on("message", (data) => {
    if (data instanceof Uint8Array && data[0] === CLOSE) return;
    if (runtime.readyState === WebSocket.OPEN) runtime.send(data);
    else early.push(data);
  });
  runtime.once("open", () => {
    for (const data of early.splice(0)) runtime.send(data);
  });
  runtime.on("message", (data) => client.send(data, { binary: true }));
  runtime.once("error", (error) => {
    sendStatus(client, internalError(error.message));
    client.close(1000);
  });
  runtime.once("close", () => client.close(1000));
  client.once("close", () => runtime.close());
}
