import { spawn } from "node:child_process";
import type { ChannelListener } from "#cluster/exec/channel.ts";

/** An exec stream whose other end is a process on this machine: plain pipes, as an exec without a TTY has. */
export function processStream(argv: readonly string[]) {
  return (listener: ChannelListener) => {
    const [command = "", ...words] = argv;
    const child = spawn(command, words, { stdio: ["pipe", "pipe", "pipe"], detached: true });
    let closed = false;
    child.stdout.on("data", (bytes: Buffer) => {
      stream.bytesIn += bytes.length;
      listener.stdout(bytes);
    });
    child.stderr.on("data", (bytes: Buffer) => {
      stream.bytesIn += bytes.length;
      listener.stderr(bytes);
    });
    child.stdin.on("error", () => undefined);
    child.on("error", (error) => listener.end({ kind: "refused", message: error.message, httpStatus: 500 }));
    child.on("close", (code, signal) => {
      if (closed) listener.end({ kind: "closed" });
      else listener.end({ kind: "exited", exitCode: code ?? (signal === "SIGKILL" ? 137 : 143) });
    });
    const stream = {
      bytesIn: 0,
      bytesOut: 0,
      pid: child.pid ?? 0,
      write(bytes: Uint8Array) {
        stream.bytesOut += bytes.length;
        child.stdin.write(bytes);
      },
      /** Ends the process and all that it started, as when its container is gone. */
      destroy() {
        process.kill(-stream.pid, "SIGKILL");
      },
      close() {
        closed = true;
        child.kill("SIGKILL");
      },
    };
    return stream;
  };
}
