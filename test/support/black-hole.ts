import { type ChildProcess, spawn } from "node:child_process";
import { connect, type Socket } from "node:net";

/** An address where connection requests meet silence, as behind a firewall that drops packets. */
export interface BlackHole {
  readonly port: number;
  close(): void;
}

const listener = `
  const server = require("node:net").createServer();
  server.listen({ port: 0, host: "127.0.0.1", backlog: 1 }, () => process.stdout.write(String(server.address().port)));
`;
const fillers = 16;

/** A listener that is stopped and whose queue is full: the kernel answers no further connection request. */
export async function blackHole(): Promise<BlackHole> {
  const child: ChildProcess = spawn(process.execPath, ["-e", listener], { stdio: ["ignore", "pipe", "inherit"] });
  const port = await new Promise<number>((resolve) => child.stdout?.once("data", (text) => resolve(Number(text))));
  child.kill("SIGSTOP");
  const sockets: Socket[] = [];
  for (let filler = 0; filler < fillers; filler += 1) {
    const socket = connect(port, "127.0.0.1");
    socket.on("error", () => undefined);
    sockets.push(socket);
  }
  // On loopback the kernel has filled the queue by the time that connect returns; the rest of them wait for good.
  await new Promise<void>((resolve) => setImmediate(() => setImmediate(resolve)));
  return {
    port,
    close() {
      for (const socket of sockets) socket.destroy();
      child.kill("SIGKILL");
    },
  };
}
