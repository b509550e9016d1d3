import { openShell } from "#reach/open-shell.ts";
import { connectionTo, containerOf } from "./place.ts";

/** The client's side of `open-and-close`: prints {sockets, timers, shells, heapMiB}. */
const [kubeconfig = "", cycles = "1000"] = process.argv.slice(2);
const connection = connectionTo(kubeconfig);
const target = await containerOf(connection, "busybox-only");

async function cycle(): Promise<void> {
  const session = await openShell(connection, target);
  const { exitCode } = await session.run("true");
  if (exitCode !== 0) throw new Error(`true ended with ${exitCode}`);
  await session.close();
}

/** Counts without a new process: every folder of /proc that a process has, its own shell included. */
async function processes(): Promise<number> {
  const session = await openShell(connection, target);
  const { stdout } = await session.run("set -- /proc/[0-9]*; echo $#");
  await session.close();
  return Number(Buffer.from(stdout).toString());
}

/** What goes on ending for a moment is waited for; what stays is counted. */
async function settled(look: () => number | Promise<number>, expected: number): Promise<number> {
  const deadline = performance.now() + 15_000;
  for (;;) {
    const seen = await look();
    if (seen <= expected || performance.now() > deadline) return seen - expected;
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
}

/** What is seen once ten looks in a row agree: what the warm-up left is gone by then. */
async function steady(look: () => number | Promise<number>): Promise<number> {
  let seen = await look();
  for (let same = 0; same < 10; ) {
    await new Promise((resolve) => setTimeout(resolve, 100));
    const now = await look();
    same = now === seen ? same + 1 : 0;
    seen = now;
  }
  return seen;
}

const held = (kind: RegExp) => process.getActiveResourcesInfo().filter((name) => kind.test(name)).length;
const heap = () => {
  global.gc?.();
  return process.memoryUsage().heapUsed;
};

for (let count = 0; count < 50; count += 1) await cycle();
const shellsBefore = await steady(processes);
await steady(() => held(/TCP|TLS/));
const before = { sockets: held(/TCP|TLS/), timers: held(/Timeout/), heap: heap() };
for (let count = 0; count < Number(cycles); count += 1) await cycle();
const shells = await settled(processes, shellsBefore);
const sockets = await settled(() => held(/TCP|TLS/), before.sockets);
// The wait itself holds no timer when it looks, so what is there was left by a session.
const timers = await settled(() => held(/Timeout/), before.timers);
const heapMiB = (heap() - before.heap) / 2 ** 20;
connection.close();
process.stdout.write(JSON.stringify({ sockets, timers, shells, heapMiB }));
