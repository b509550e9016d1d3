import { connect as connectTcp, type Socket } from "node:net";
import { connect, createServer, type TLSSocket } from "node:tls";
import { createCertificates } from "#embedded/cluster/api/certificates.ts";

export type Side = "client" | "server";

/** What happens to one exec stream. Bytes are those of the plain HTTP and WebSocket stream, counted for each side. */
export interface Trouble {
  /** Whose bytes are counted. */
  readonly side: Side;
  readonly afterBytes: number;
  /** `end`: orderly TCP end. `reset`: RST. `freeze`: nothing more, either way, and the connections stay. */
  readonly how: "end" | "reset" | "freeze";
}

/** How one exec stream is carried. Without `trouble` it arrives whole; `piece` cuts each chunk into pieces of so many bytes. */
export interface Carriage {
  readonly trouble?: Trouble;
  readonly piece?: number;
  readonly tap?: (side: Side, bytes: Buffer) => void;
}

/** A hop that ends TLS on both sides, and so reaches the plain bytes of every exec stream. */
export interface PlainProxy {
  readonly server: string;
  /** The CA that signed its certificate, PEM. */
  readonly ca: string;
  /** Exec streams seen so far. */
  readonly execs: () => number;
  /** Decides about each exec stream as it begins; its number counts from 0. */
  carry: (choose: (exec: number) => Carriage) => void;
  /** Resets every connection and refuses new ones until `accept`: what a restarting API server looks like. */
  refuse: () => void;
  accept: () => void;
  close: () => Promise<void>;
}

/** Starts the hop before a server that listens with TLS on 127.0.0.1 and whose CA is given. */
export async function startPlainProxy(target: { readonly port: number; readonly ca: string }): Promise<PlainProxy> {
  const certificates = await createCertificates();
  const open = new Set<TLSSocket>();
  const raw = new Map<number | undefined, Socket>();
  const below = new WeakMap<TLSSocket, Socket>();
  let refusing = false;
  let execs = 0;
  let choose: (exec: number) => Carriage = () => ({});
  const track = (socket: TLSSocket, tcp: Socket | undefined): void => {
    open.add(socket);
    if (tcp !== undefined) below.set(socket, tcp);
    socket.setNoDelay(true);
    socket.on("error", () => socket.destroy());
    socket.once("close", () => open.delete(socket));
  };

  // TLS sockets cannot send RST themselves; the TCP socket below can.
  const finish = (socket: TLSSocket, how: Trouble["how"]): void => {
    if (how === "end") socket.destroySoon();
    else (below.get(socket)?.resetAndDestroy() ?? socket).destroy();
  };
  const own = { cert: certificates.server.certificate, key: certificates.server.key, ALPNProtocols: ["http/1.1"] };
  const server = createServer(own, (client) => {
    track(client, raw.get(client.remotePort));
    if (refusing) return void client.destroy();
    client.once("data", (first: Buffer) => {
      const carriage = /^GET \S*\/exec\?/.test(first.toString("latin1")) ? choose(execs++) : {};
      const tcp = connectTcp({ port: target.port, host: "127.0.0.1", noDelay: true });
      const upstream = connect({ socket: tcp, host: "127.0.0.1", ca: target.ca, ALPNProtocols: ["http/1.1"] });
      track(upstream, tcp);
      join({ client, server: upstream }, carriage, finish);
      client.emit("data", first);
    });
  });
  server.on("connection", (socket: Socket) => {
    if (refusing) return void socket.resetAndDestroy();
    raw.set(socket.remotePort, socket);
    socket.once("close", () => raw.delete(socket.remotePort));
  });
  server.on("tlsClientError", () => undefined);
  await new Promise<void>((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    server: `https://127.0.0.1:${port}`,
    ca: certificates.ca,
    execs: () => execs,
    carry: (chosen) => {
      choose = chosen;
    },
    refuse: () => {
      refusing = true;
      for (const socket of open) finish(socket, "reset");
    },
    accept: () => {
      refusing = false;
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

/** Carries bytes both ways until the trouble comes, which is then the same for both. */
function join(
  sockets: Readonly<Record<Side, TLSSocket>>,
  { trouble, piece, tap }: Carriage,
  finish: (socket: TLSSocket, how: Trouble["how"]) => void,
): void {
  let over = false;
  const oneWay = (side: Side, from: TLSSocket, to: TLSSocket): void => {
    let seen = 0;
    from.on("data", (bytes: Buffer) => {
      if (over) return;
      const mine = trouble?.side === side ? trouble : undefined;
      const sent = mine === undefined ? bytes : bytes.subarray(0, Math.max(0, mine.afterBytes - seen));
      seen += bytes.length;
      tap?.(side, sent);
      for (const part of inPieces(sent, piece)) to.write(part);
      if (mine === undefined || seen < mine.afterBytes) return;
      over = true;
      if (mine.how === "freeze") return;
      // What was let through is on its way; the end follows it on the same connection.
      setImmediate(() => Object.values(sockets).forEach((socket) => void finish(socket, mine.how)));
    });
    from.once("end", () => over || to.end());
    from.once("close", () => (over && trouble?.how === "freeze") || to.destroySoon());
  };
  oneWay("client", sockets.client, sockets.server);
  oneWay("server", sockets.server, sockets.client);
}

function inPieces(bytes: Buffer, piece = bytes.length): readonly Buffer[] {
  const parts: Buffer[] = [];
  for (let start = 0; start < bytes.length; start += piece) parts.push(bytes.subarray(start, start + piece));
  return parts;
}
