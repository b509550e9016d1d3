import { connect, createServer, type Socket } from "node:net";

export interface ForgetfulProxy {
  readonly port: number;
  /** Connections that it has forgotten. */
  readonly forgotten: () => number;
  close(): void;
}

/**
 * A hop like a NAT gateway or a load balancer: a connection on which nothing moved for `idleMs` is forgotten. Its
 * packets are dropped from then on, and neither side is told.
 */
export async function startForgetfulProxy(targetPort: number, idleMs: number): Promise<ForgetfulProxy> {
  let forgotten = 0;
  const all = new Set<Socket>();
  const server = createServer({ noDelay: true }, (client) => {
    const upstream = connect({ port: targetPort, host: "127.0.0.1", noDelay: true });
    let known = true;
    const forget = () => {
      known = false;
      forgotten += 1;
    };
    let clock = setTimeout(forget, idleMs);
    for (const [from, to] of [
      [client, upstream],
      [upstream, client],
    ] as const) {
      all.add(from);
      from.on("data", (bytes) => {
        if (!known) return;
        clearTimeout(clock);
        clock = setTimeout(forget, idleMs);
        to.write(bytes);
      });
      from.on("error", () => undefined);
      from.on("close", () => {
        clearTimeout(clock);
        if (known) to.destroy();
      });
    }
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    forgotten: () => forgotten,
    close() {
      server.close();
      for (const socket of all) socket.destroy();
    },
  };
}
