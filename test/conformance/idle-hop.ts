import { connect, createServer, type Socket } from "node:net";

/** A TCP hop that forgets: a connection with no byte for `idleMs` carries nothing more, and nobody is told. */
export interface IdleHop {
  readonly port: number;
  readonly close: () => Promise<void>;
}

/** Starts the hop on a free port of 127.0.0.1, as a NAT gateway in front of another port there. */
export async function startIdleHop(targetPort: number, idleMs: number): Promise<IdleHop> {
  const open = new Set<Socket>();
  const server = createServer((client) => {
    const upstream = connect({ port: targetPort, host: "127.0.0.1" });
    let last = performance.now();
    let forgotten = false;
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      open.add(from);
      from.on("data", (bytes) => {
        forgotten ||= performance.now() - last > idleMs;
        last = performance.now();
        if (!forgotten) to.write(bytes);
      });
      from.on("error", () => to.destroy());
      from.on("close", () => {
        open.delete(from);
        to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}
