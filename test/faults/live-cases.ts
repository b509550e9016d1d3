import { execOnce } from "#reach/exec-once.ts";
import { openShell } from "#reach/open-shell.ts";
import { ReopeningShell } from "#reach/reopening.ts";
import { answeredInOrder, asText, told, wrongs } from "./answers.ts";
import type { FaultCase, FaultContext, Tried } from "./fault-case.ts";
import type { Carriage, Trouble } from "./plain-proxy.ts";
import type { World } from "./world.ts";

/** Each leaves a line behind, so that a second run of it shows; every third only looks, and may run again. */
function commandsOf(run: number): readonly string[] {
  return Array.from({ length: 12 }, (_, index) =>
    index % 3 === 2
      ? `cat /etc/passwd`
      : `echo ${index} >>/tmp/fault-${run}; echo out ${index}; echo err ${index} >&2; exit ${index}`,
  );
}

/** What is in the lines of a file in the container, looked at past the hop. */
async function linesOf({ direct, target }: World, run: number): Promise<readonly string[]> {
  const { stdout } = await execOnce(direct, target, ["/bin/sh", "-c", `cat /tmp/fault-${run} 2>/dev/null; true`]);
  return Buffer.from(stdout).toString().split("\n").filter(Boolean);
}

/** One session whose first stream is troubled; the streams after it are carried as `later` says. */
async function once(world: World, run: number, first: Carriage, right: readonly string[]): Promise<readonly string[]> {
  const begin = world.proxy.execs();
  world.proxy.carry((exec) => (exec === begin ? first : {}));
  const limit = AbortSignal.timeout(first.trouble?.how === "freeze" ? 1_500 : 60_000);
  const commands = commandsOf(run);
  let said: Awaited<ReturnType<typeof told>> = [];
  try {
    const shell = new ReopeningShell({
      first: await openShell(world.through, world.target, { signal: limit }),
      open: () => openShell(world.through, world.target, { signal: limit }),
    });
    said = await told(commands.map((command) => shell.run(command, { signal: limit })));
    await shell.close();
  } catch (error) {
    said = await told([Promise.reject(error)]);
    if (said[0]?.kind === "typed") said = [];
  } finally {
    world.proxy.carry(() => ({}));
  }
  const lines = await linesOf(world, run);
  const twice = lines.filter((line, index) => lines.indexOf(line) !== index);
  const answered = said.flatMap((each, index) => (each.kind === "answer" && index % 3 !== 2 ? [String(index)] : []));
  const unproven = answered.filter((line) => !lines.includes(line));
  return [
    ...wrongs(said, right),
    ...twice.map((line) => `command ${line} ran more than once`),
    ...unproven.map((line) => `command ${line} was answered and never ran`),
    ...(first.trouble === undefined && answeredInOrder(said) !== commands.length
      ? ["an untroubled session failed"]
      : []),
  ];
}

let runs = 0;

/** Random cuts of live sessions, each in a container of the real cluster. */
async function randomCuts({ world, random, extent }: FaultContext): Promise<Tried> {
  const sizes = { client: 0, server: 0 };
  runs += 1;
  const reference = await openShell(world.direct, world.target);
  const right = (await Promise.all(commandsOf(runs).map((command) => reference.run(command)))).map(asText);
  await reference.close();
  runs += 1;
  const tap: Carriage["tap"] = (side, bytes) => {
    sizes[side] += bytes.length;
  };
  const wrong = [...(await once(world, runs, { tap }, right))].map((fault) => `without trouble: ${fault}`);
  const count = extent === "all" ? 500 : 25;
  for (let index = 0; index < count; index += 1) {
    runs += 1;
    const side = random() < 0.5 ? "client" : "server";
    // A freeze takes the transport's own 10 s of grace: few of them, and none of them missing.
    const how = index % 25 === 24 ? "freeze" : random() < 0.5 ? "end" : "reset";
    const trouble: Trouble = { side, how, afterBytes: 1 + Math.floor(random() * sizes[side]) };
    for (const fault of await once(world, runs, { trouble }, right)) {
      wrong.push(`${how} after ${trouble.afterBytes} of ${sizes[side]} bytes of the ${side}: ${fault}`);
    }
  }
  return { runs: count + 1, wrong };
}

async function tinyPieces({ world, extent }: FaultContext): Promise<Tried> {
  const commands = commandsOf(0).map((command) => command.replace(/echo \d+ >>\S+; /, ""));
  const reference = await openShell(world.direct, world.target);
  const right = (await Promise.all(commands.map((command) => reference.run(command)))).map(asText);
  await reference.close();
  const wrong: string[] = [];
  const pieces = extent === "all" ? [1, 2, 3, 5, 17, 64, 500] : [1, 7];
  for (const piece of pieces) {
    world.proxy.carry(() => ({ piece }));
    const session = await openShell(world.through, world.target);
    const said = await told(commands.map((command) => session.run(command)));
    wrong.push(...wrongs(said, right).map((fault) => `pieces of ${piece}: ${fault}`));
    if (answeredInOrder(said) !== commands.length) wrong.push(`pieces of ${piece}: not every command was answered`);
    await session.close();
  }
  world.proxy.carry(() => ({}));
  return { runs: pieces.length, wrong };
}

/** Faults on the way to a real cluster. */
export const liveCases: readonly FaultCase[] = [
  { id: "live-cuts", what: "live sessions cut, reset or frozen at random bytes", run: randomCuts },
  { id: "live-pieces", what: "live sessions in tiny pieces both ways", run: tinyPieces },
];
