import { execFile } from "node:child_process";
import { promisify } from "node:util";

/**
 * Runs a client in a process of its own, so that its memory and sockets are not the cluster's, and gives the JSON that
 * it prints. `--expose-gc`: growth counts only after a collection.
 */
export async function inOwnProcess(file: URL, ...words: readonly string[]): Promise<unknown> {
  const run = promisify(execFile);
  const { stdout } = await run(process.execPath, ["--expose-gc", file.pathname, ...words], { maxBuffer: 2 ** 20 });
  return JSON.parse(stdout);
}
