import { type ChildProcess, spawn } from "node:child_process";
import { createInterface } from "node:readline";

/**
 * Calls back with the id of every container whose first process ended, as containerd's event stream tells it (`ctr events`;
 * CRI of containerd 1.6 has no event call). Resolves once the stream listens. Gives the way to stop.
 */
export async function followTaskExits(socket: string, onExit: (containerId: string) => void): Promise<() => void> {
  const child = spawn("ctr", ["--address", socket, "--namespace", "k8s.io", "events"], {
    stdio: ["ignore", "pipe", "ignore"],
    detached: true,
  });
  const heard = new Promise<void>((resolve, reject) => {
    child.once("error", reject);
    child.once("exit", (code) => reject(new Error(`ctr events ended with ${code}`)));
    createInterface({ input: child.stdout }).on("line", (line) => {
      resolve();
      const exit = /\/tasks\/exit (\{.*\})/.exec(line)?.[1];
      if (exit === undefined) return;
      // A line of `ctr events`; exec'd processes report the same topic with an id of their own.
      const event = JSON.parse(exit) as { container_id: string; id: string };
      if (event.container_id === event.id) onExit(event.container_id);
    });
  });
  heard.catch(() => {});
  await provoke(socket, heard);
  child.unref();
  return () => end(child);
}

/** The stream says nothing until something happens, so something harmless is made to happen until it is heard. */
async function provoke(socket: string, heard: Promise<void>): Promise<void> {
  let listening = false;
  const done = heard.then(() => {
    listening = true;
  });
  for (let turn = 0; !listening; turn += 1) {
    const label = spawn("ctr", ["--address", socket, "namespaces", "label", "k8s.io", `muster.listen=${turn}`], {
      stdio: "ignore",
    });
    await Promise.race([done, new Promise((resolve) => label.once("exit", resolve))]);
    await Promise.race([done, new Promise((resolve) => setTimeout(resolve, 20))]);
  }
}

function end(child: ChildProcess): void {
  child.removeAllListeners("exit");
  child.kill("SIGTERM");
}
