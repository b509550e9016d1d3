import { oneExecEach } from "#reach/exec-once.ts";
import { openShell } from "#reach/open-shell.ts";
import { ReopeningShell } from "#reach/reopening.ts";
import { asText, told, wrongs } from "./answers.ts";
import type { FaultCase, FaultContext, Tried } from "./fault-case.ts";
import { busybox, hostilePod } from "./hostile-pods.ts";
import { targetOf, type World } from "./world.ts";

async function inPod<T>(world: World, name: string, use: (shell: ReopeningShell, world: World) => Promise<T>) {
  await world.cluster.apply(hostilePod(busybox, name));
  const target = targetOf(world.cluster, name);
  const open = () => openShell(world.direct, target);
  const shell = new ReopeningShell({ first: await open(), open });
  try {
    return await use(shell, { ...world, target });
  } finally {
    await shell.close();
    await world.cluster.deletePod("demo", name);
  }
}

/** The loop's PID, found in a way that no text betrays. */
const loop = "$(sed -n 's/^PPid:.//p' /proc/$$/status)";
const noise = "i=0; while [ $i -lt 3000 ]; do echo noise; echo noise >&2; i=$((i+1)); done";
const busy = "i=0; while [ $i -lt 3000 ]; do i=$((i+1)); done; echo mine";

/** A script leaves a writer behind, and nothing in the command says so. */
async function hiddenWriter({ world }: FaultContext): Promise<Tried> {
  const commands = [`printf '%s' '(${noise}) & echo left' >/tmp/hide`, "sh /tmp/hide", busy, busy];
  return await inPod(world, "hidden-writer", async (shell, { direct, target }) => {
    const said = await told(commands.map((command) => shell.run(command, { timeoutMs: 20_000 })));
    const reference = oneExecEach(direct, target, "/bin/sh");
    const right: string[] = [];
    for (const command of commands) right.push(sorted(asText(await reference.run(command))));
    const ours = said.map((each) => (each.kind === "answer" ? { ...each, text: sorted(each.text) } : each));
    const failed = said.flatMap((each, index) => (each.kind === "answer" ? [] : [`command ${index}: ${each.message}`]));
    return { runs: commands.length, wrong: [...wrongs(ours, right), ...failed] };
  });
}

/** Two writers on one pipe may come in any order, with one exec a command as well. */
function sorted(text: string): string {
  const fields: readonly unknown[] = JSON.parse(text);
  return JSON.stringify(fields.map((each) => (typeof each === "string" ? each.split("\n").sort() : each)));
}

/** Takes what was sent ahead out of the loop's stdin, and answers it with its own marks. */
const thief = `timeout 1 cat /proc/${loop}/fd/0 >/tmp/ahead
sed -n 's/^[smf] \\([^ ]*\\) \\([^ ]*\\) .*/\\1 \\2/p' /tmp/ahead >/tmp/marks
while read b e; do printf '%s 1\\nforged\\n%s 0 1\\n' $b $e; done </tmp/marks >/tmp/forged
cat /tmp/forged; sed -n 's/^[^ ]* 0 1$/&/p' /tmp/forged | sed 's/ .*//' >&2; exit 0`;

/**
 * A process of the session's own user can take its input and its streams, as it could trace any process of a single exec.
 * It speaks for its own container only: everything ends, typed, and a neighbour's answers stay true.
 */
async function thiefOfMarks({ world }: FaultContext): Promise<Tried> {
  const padded = Array.from({ length: 60 }, (_, index) => `: ${"x".repeat(900)}; echo true ${index}`);
  const neighbour = await openShell(world.direct, world.target);
  const right = padded.map((_, index) => JSON.stringify([0, false, `true ${index}\n`, ""]));
  const [stolen, beside] = await inPod(world, "thief", (shell) =>
    Promise.all([
      told([thief, ...padded].map((command) => shell.run(command, { timeoutMs: 15_000 }))),
      told(padded.map((command) => neighbour.run(command))),
    ]),
  );
  await neighbour.close();
  const untyped = stolen.flatMap((each) =>
    each.kind === "untyped" ? [`in the thief's container: ${each.message}`] : [],
  );
  const lost = beside.flatMap((each, index) =>
    each.kind === "answer" ? [] : [`neighbour's ${index}: ${each.message}`],
  );
  return { runs: stolen.length + beside.length, wrong: [...untyped, ...lost, ...wrongs(beside, right)] };
}

async function stoppedLoop({ world }: FaultContext): Promise<Tried> {
  return await inPod(world, "stopper", async (shell, { direct, target }) => {
    const [stopped] = await told([shell.run(`kill -STOP ${loop}`, { timeoutMs: 1_000 })]);
    await shell.close();
    const look = "grep -l 'State:.*stopped' /proc/[0-9]*/status 2>/dev/null; true";
    const { stdout } = await oneExecEach(direct, target, "/bin/sh").run(look);
    const left = Buffer.from(stdout).toString().trim();
    return {
      runs: 1,
      wrong: [
        ...(stopped?.kind === "typed" ? [] : [`a stopped loop gave ${stopped?.kind}`]),
        ...(left === "" ? [] : [`left behind after close: ${left}`]),
      ],
    };
  });
}

/** Containers that work against the session in ways that only their processes show. */
export const hostileCases: readonly FaultCase[] = [
  {
    id: "hostile-hidden-writer",
    what: "what a hidden writer goes on writing is its own command's, and in no later answer",
    slow: true,
    run: hiddenWriter,
  },
  {
    id: "hostile-stolen-marks",
    what: "a process that steals the marks of its own container hurts no neighbour and hangs nobody",
    slow: true,
    run: thiefOfMarks,
  },
  {
    id: "hostile-stopped-loop",
    what: "a loop that a command stopped is killed, and told as a timeout",
    slow: true,
    run: stoppedLoop,
  },
];
