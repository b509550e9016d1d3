import { connect, createServer, type Server, type Socket } from "node:net";

/** A TCP hop with distance. Hooks act on every connection that is open at that moment. */
export interface DelayProxy {
  readonly port: number;
  /** Connections accepted so far. */
  readonly connections: () => number;
  setRtt: (rttMs: number) => void;
  /** Ends both sides, as a closing peer. */
  cut: () => void;
  /** Ends both sides by RST. */
  reset: () => void;
  /** Holds all bytes, both ways, until `resume`; the connections stay up. */
  stall: () => void;
  resume: () => void;
  close: () => Promise<void>;
}

export interface DelayProxyOptions {
  readonly targetPort: number;
  /** Half of it is added each way, and one whole for every connect, as a handshake over that distance costs. */
  readonly rttMs: number;
}

/** Starts the proxy on a free port of 127.0.0.1. Order and back-pressure are kept: what is held is never unbounded. */
export async function startDelayProxy(options: DelayProxyOptions): Promise<DelayProxy> {
  const state = { rttMs: options.rttMs, stalled: false, connections: 0 };
  const open = new Set<Socket>();
  const wake = new Set<() => void>();
  const track = (socket: Socket): void => {
    socket.setNoDelay(true);
    open.add(socket);
    socket.once("close", () => open.delete(socket));
  };
  const server = createServer({ noDelay: true, allowHalfOpen: true, pauseOnConnect: true }, (client) => {
    state.connections += 1;
    track(client);
    setTimeout(() => {
      const upstream = connect({ port: options.targetPort, host: "127.0.0.1", noDelay: true, allowHalfOpen: true });
      track(upstream);
      carry(client, upstream);
      carry(upstream, client);
      client.resume();
    }, state.rttMs);
  });

  /** Each chunk leaves half a round trip after it came; the reader is paused while much is under way. */
  const carry = (from: Socket, to: Socket): void => {
    const queue: { readonly due: number; readonly chunk: Uint8Array | undefined }[] = [];
    let held = 0;
    let timer: NodeJS.Timeout | undefined;
    const pump = (): void => {
      timer = undefined;
      if (state.stalled) return;
      for (let next = queue[0]; next !== undefined; next = queue[0]) {
        const wait = next.due - performance.now();
        if (wait > 0.2) {
          timer = setTimeout(pump, wait);
          return;
        }
        queue.shift();
        if (next.chunk === undefined) return void to.end();
        held -= next.chunk.length;
        if (!to.write(next.chunk)) return void to.once("drain", pump);
        if (held < LOW_WATER_BYTES) from.resume();
      }
    };
    const add = (chunk: Uint8Array | undefined): void => {
      queue.push({ due: performance.now() + state.rttMs / 2, chunk });
      if (queue.length === 1 && timer === undefined && !to.writableNeedDrain) pump();
    };
    wake.add(pump);
    from.on("data", (chunk: Uint8Array) => {
      held += chunk.length;
      if (held > HIGH_WATER_BYTES) from.pause();
      add(chunk);
    });
    from.once("end", () => add(undefined));
    const gone = (): void => {
      clearTimeout(timer);
      wake.delete(pump);
      to.destroy();
    };
    from.once("error", gone);
    from.once("close", () => from.readableEnded || gone());
    to.once("close", () => wake.delete(pump));
  };

  await listen(server);
  const address = server.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : 0,
    connections: () => state.connections,
    setRtt: (rttMs) => {
      state.rttMs = rttMs;
    },
    cut: () => open.forEach((socket) => void socket.destroy()),
    reset: () => open.forEach((socket) => void socket.resetAndDestroy()),
    stall: () => {
      state.stalled = true;
    },
    resume: () => {
      state.stalled = false;
      for (const pump of [...wake]) pump();
    },
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of open) socket.destroy();
      }),
  };
}

const HIGH_WATER_BYTES = 4 * 1024 * 1024;
const LOW_WATER_BYTES = 1024 * 1024;

function listen(server: Server): Promise<void> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(0, "127.0.0.1", resolve);
  });
}
