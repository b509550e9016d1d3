import type { IncomingMessage } from "node:http";
import { connect } from "node:net";
import type { Duplex } from "node:stream";

/** How long a client may take to close after the runtime has. */
const LINGER_MS = 10_000;

/**
 * Passes an upgrade request through to the runtime's streaming URL, byte for byte in both directions, as an API server
 * and kubelet do for WebSocket v4 and for SPDY. What the runtime answers, an error too, is what the client sees.
 */
export function spliceToRuntime(request: IncomingMessage, client: Duplex, head: Uint8Array, url: string): void {
  const target = new URL(url);
  const upstream = connect({ host: target.hostname, port: Number(target.port), noDelay: true, allowHalfOpen: true });
  upstream.once("connect", () => {
    upstream.write(
      `${request.method} ${target.pathname}${target.search} HTTP/1.1\r\n${forwardedHeaders(request, target.host)}\r\n\r\n`,
    );
    if (head.length > 0) upstream.write(head);
    client.pipe(upstream);
    upstream.pipe(client);
  });
  const end = (): void => {
    client.destroy();
    upstream.destroy();
  };
  upstream.once("error", () => {}); // its close follows, and what came before it still goes to the client
  client.once("error", end);
  client.once("close", end);
  const linger = (): void => {
    client.end();
    // Unread input is taken and dropped: closing over it would be a reset, which can swallow the status just sent.
    client.unpipe(upstream);
    upstream.destroy();
    client.resume();
    const giveUp = setTimeout(() => client.destroy(), LINGER_MS);
    client.once("close", () => clearTimeout(giveUp));
  };
  upstream.once("end", linger);
  upstream.once("close", () => upstream.readableEnded || linger());
}

function forwardedHeaders(request: IncomingMessage, host: string): string {
  const lines = [`Host: ${host}`];
  const raw = request.rawHeaders;
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const name = raw[index] ?? "";
    // Credentials end at the API server; the host is the runtime's.
    if (!/^(host|authorization)$/i.test(name)) lines.push(`${name}: ${raw[index + 1] ?? ""}`);
  }
  return lines.join("\r\n");
}
