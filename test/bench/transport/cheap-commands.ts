import type { Connection } from "#cluster/connection.ts";
import { ExecChannel } from "#cluster/exec/channel.ts";
import { openExec } from "#cluster/exec/handshake.ts";
import type { Target } from "#contract/target.ts";
import type { EmbeddedCluster } from "#embedded/cluster/cluster.ts";
import { openShell } from "#reach/open-shell.ts";
import { type Row, rowOf } from "../row.ts";
import { containerCpuUs } from "./container-cpu.ts";
import { connectionTo, containerOf, timed } from "./place.ts";

const commands = 200;
const rounds = 9;
const containers = [
  { pod: "weak", shell: "/bin/sh" },
  { pod: "busybox-only", shell: "/bin/sh" },
  { pod: "bash-no-sh", shell: "/bin/bash" },
] as const;

/** A batch of commands that do nothing, in our session against the same typed into a bare shell, in turns. */
export async function cheapCommands(cluster: EmbeddedCluster): Promise<readonly Row[]> {
  const connection = connectionTo(cluster.kubeconfig);
  const rows: Row[] = [];
  for (const { pod, shell } of containers) {
    const target = await containerOf(connection, pod);
    const session = await openShell(connection, target);
    const bare = await bareShell(connection, target, shell);
    const ours = () => timed(() => Promise.all(Array.from({ length: commands }, () => session.run("true"))));
    const theirs = () => timed(() => bare.type(`${shell} -c true </dev/null\n`.repeat(commands)));
    await ours();
    await theirs();
    const wall: number[] = [];
    const cpu: number[] = [];
    const inTarget = async (run: () => Promise<number>) => {
      const before = containerCpuUs(target.containerId);
      const wallMs = await run();
      return { wallMs, cpuUs: containerCpuUs(target.containerId) - before };
    };
    for (let round = 0; round < rounds; round += 1) {
      const one = await inTarget(ours);
      const other = await inTarget(theirs);
      wall.push(one.wallMs / other.wallMs);
      cpu.push(one.cpuUs / other.cpuUs);
    }
    await session.close();
    bare.close();
    const what = `${commands} pipelined \`true\` in a session ÷ \`${shell} -c true </dev/null\` typed as often into a bare shell`;
    rows.push(
      rowOf({
        id: `transport.cheap-command.${pod}`,
        what: `${what}: processor time in the container`,
        ...{ unit: "ratio", samples: cpu, bar: "≤ 1.2" },
      }),
      rowOf({
        id: `transport.cheap-command-wall.${pod}`,
        what: `${what}, which answers nothing: until the last answer, with client, API server and container on one machine`,
        ...{ unit: "ratio", samples: wall, bar: "≤ 1.2" },
      }),
    );
  }
  connection.close();
  return rows;
}

/** A shell over an exec stream with nothing around it; `type` waits until the shell has done all of it. */
async function bareShell(connection: Connection, target: Target, shell: string) {
  let done: () => void = () => undefined;
  const channel = new ExecChannel(await openExec(connection, target, [shell]), {
    stdout: () => done(),
    stderr: () => undefined,
    end: () => undefined,
  });
  const type = (text: string) =>
    new Promise<void>((resolve) => {
      done = resolve;
      channel.write(Buffer.from(`${text}echo\n`));
    });
  return { type, close: () => channel.close() };
}
