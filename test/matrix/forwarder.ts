import { connect, createServer, type Socket } from "node:net";

/** A TCP forwarder on a loopback address that no certificate of the embedded cluster is made for. */
export interface Forwarder {
  readonly server: string;
  readonly close: () => void;
}

export async function forwarder(targetPort: number): Promise<Forwarder> {
  const open = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: targetPort, host: "127.0.0.1", noDelay: true });
    client.pipe(upstream).pipe(client);
    for (const socket of [client, upstream]) {
      open.add(socket);
      socket.on("error", () => undefined);
      socket.on("close", () => {
        client.destroy();
        upstream.destroy();
      });
    }
  });
  const address = "127.0.0.2";
  await new Promise<void>((resolve) => server.listen(0, address, resolve));
  const bound = server.address();
  const port = typeof bound === "object" && bound !== null ? bound.port : 0;
  const close = () => {
    server.close();
    for (const socket of open) socket.destroy();
  };
  return { server: `https://${address}:${port}`, close };
}
