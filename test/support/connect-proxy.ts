import { createServer, type Server } from "node:http";
import { connect, type Socket } from "node:net";

/** An HTTP CONNECT proxy on loopback that wants a user and a password, and counts what goes through. */
export interface ConnectProxy {
  readonly url: string;
  readonly tunnels: readonly string[];
  readonly refused: number;
  close(): Promise<void>;
}

/** Starts one; `credentials` is `user:password`, or undefined for an open one. */
export async function connectProxy(credentials?: string): Promise<ConnectProxy> {
  const tunnels: string[] = [];
  const sockets = new Set<Socket>();
  let refused = 0;
  const wanted = credentials && `Basic ${Buffer.from(credentials).toString("base64")}`;
  const server: Server = createServer((_request, response) => response.writeHead(405).end());
  server.on("connect", (request, client: Socket) => {
    if (wanted !== undefined && request.headers["proxy-authorization"] !== wanted) {
      refused += 1;
      client.end("HTTP/1.1 407 Proxy Authentication Required\r\nContent-Length: 0\r\n\r\n");
      return;
    }
    const [host = "", port = ""] = (request.url ?? "").split(":");
    tunnels.push(request.url ?? "");
    const upstream = connect({ host, port: Number(port), noDelay: true }, () => {
      client.write("HTTP/1.1 200 Connection established\r\n\r\n");
      upstream.pipe(client).pipe(upstream);
    });
    for (const socket of [client, upstream]) {
      sockets.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        client.destroy();
        upstream.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `http://${credentials ? `${credentials}@` : ""}127.0.0.1:${port}`,
    tunnels,
    get refused() {
      return refused;
    },
    close: () =>
      new Promise((resolve) => {
        for (const socket of sockets) socket.destroy();
        server.close(() => resolve());
      }),
  };
}
