import { createHash } from "node:crypto";
import { createServer as createTcpServer, type Server, type Socket } from "node:net";
import { createServer, type TLSSocket } from "node:tls";
import { createCertificates } from "#embedded/cluster/api/certificates.ts";
import { headEnd } from "./wire.ts";

/** A server on 127.0.0.1 that does what its script says and nothing else. */
export interface Peer {
  readonly server: string;
  readonly ca: string;
  close(): Promise<void>;
}

/** What the peer does once a request's head has come. */
export type Script = (socket: TLSSocket, requestHead: string) => void;

/** A TLS server that hands each request's head to the script. */
export async function startPeer(script: Script): Promise<Peer> {
  const certificates = await createCertificates();
  const own = { cert: certificates.server.certificate, key: certificates.server.key, ALPNProtocols: ["http/1.1"] };
  const server = createServer(own, (socket) => {
    let received = Buffer.alloc(0);
    socket.on("error", () => socket.destroy());
    const read = (bytes: Buffer): void => {
      received = Buffer.concat([received, bytes]);
      if (headEnd(received) < 0) return;
      socket.off("data", read);
      script(socket, received.toString("latin1"));
    };
    socket.on("data", read);
  });
  server.on("tlsClientError", () => undefined);
  return { ...(await listening(server)), ca: certificates.ca };
}

/** A server that takes TCP connections and never says a word. */
export async function startSilence(): Promise<Peer> {
  const { ca } = await createCertificates();
  return { ...(await listening(createTcpServer((socket) => void socket.resume()))), ca };
}

/** The head of a right upgrade, to v5 unless said otherwise. */
export function upgrade(requestHead: string, protocol = "v5.channel.k8s.io"): string {
  const key = /sec-websocket-key: (\S+)/i.exec(requestHead)?.[1] ?? "";
  const accept = createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  const lines = ["HTTP/1.1 101 Switching Protocols", "Upgrade: websocket", "Connection: Upgrade"];
  lines.push(`Sec-WebSocket-Accept: ${accept}`, `Sec-WebSocket-Protocol: ${protocol}`);
  return `${lines.join("\r\n")}\r\n\r\n`;
}

/** A whole HTTP answer, after which the connection ends. */
export function answer(status: string, body: string, headers: readonly string[] = []): string {
  return [`HTTP/1.1 ${status}`, "Connection: close", `Content-Length: ${body.length}`, ...headers, "", body].join(
    "\r\n",
  );
}

async function listening(server: Server): Promise<Omit<Peer, "ca">> {
  const open = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    open.add(socket);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => open.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const close = () =>
    new Promise<void>((resolve) => {
      server.close(() => resolve());
      for (const socket of open) socket.destroy();
    });
  return { server: `https://127.0.0.1:${port}`, close };
}
