import { chmod } from "node:fs/promises";
import { createServer, type Socket } from "node:net";

const keptBytes = 2048;

export interface LastWords {
  /** The end of what was written, at most 2 KiB, without control characters. */
  text(): string;
  close(): void;
}

/** A Unix socket that reads a child's standard error as fast as it comes and keeps only its end. */
export async function listenForLastWords(path: string): Promise<LastWords> {
  let kept: Buffer = Buffer.alloc(0);
  let connection: Socket | undefined;
  const server = createServer((socket) => {
    server.close();
    connection = socket;
    socket.on("error", () => {});
    socket.on("data", (chunk: Buffer) => {
      kept = chunk.length >= keptBytes ? chunk.subarray(-keptBytes) : Buffer.concat([kept, chunk]).subarray(-keptBytes);
    });
  });
  await new Promise<void>((resolve, reject) => server.once("error", reject).listen(path, resolve));
  await chmod(path, 0o600);
  return {
    text: () => printable(kept),
    close() {
      server.close();
      connection?.destroy();
    },
  };
}

/** Terminal sequences and control characters become spaces: the text ends up in logs and pages. */
function printable(bytes: Buffer): string {
  return bytes
    .toString("utf8")
    .replaceAll(/\p{Cc}+/gu, " ")
    .trim();
}
