import type { Connection } from "#cluster/connection.ts";
import { ExecChannel } from "#cluster/exec/channel.ts";
import { openExec } from "#cluster/exec/handshake.ts";
import type { Target } from "#contract/target.ts";
import { openShell } from "#reach/open-shell.ts";
import { connectionTo, containerOf, timed } from "./place.ts";

/** The client's side of `much-output`: prints {growthMiB, rawMs, sessionMs}. */
const command = "head -c 200000000 /dev/zero";
const [kubeconfig = ""] = process.argv.slice(2);
const connection = connectionTo(kubeconfig);
const target = await containerOf(connection, "weak");
const rawMs = await timed(() => bare(connection, target));
const session = await openShell(connection, target, { limits: { commandBytes: 1024 * 1024 } });
await session.run("head -c 3000000 /dev/zero");
global.gc?.();
const before = process.memoryUsage().rss;
let highest = before;
const look = () => {
  highest = Math.max(highest, process.memoryUsage().rss);
};
const watch = setInterval(look, 10);
let kept = 0;
const sessionMs = await timed(async () => {
  kept = (await session.run(command)).stdout.length;
});
look();
clearInterval(watch);
await session.close();
connection.close();
if (kept !== 1024 * 1024) throw new Error(`kept ${kept} bytes`);
process.stdout.write(JSON.stringify({ growthMiB: (highest - before) / 2 ** 20, rawMs, sessionMs }));

/** The same output over an exec of its own, counted and thrown away. */
async function bare(to: Connection, from: Target): Promise<void> {
  const socket = await openExec(to, from, ["/bin/sh", "-c", command], { stdin: false });
  const { promise, resolve } = Promise.withResolvers<void>();
  let bytes = 0;
  const stdout = (chunk: Uint8Array) => {
    bytes += chunk.length;
  };
  new ExecChannel(socket, { stdout, stderr: () => undefined, end: () => resolve() });
  await promise;
  if (bytes !== 200_000_000) throw new Error(`${bytes} bytes came`);
}
