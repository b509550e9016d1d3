import { openShell } from "#reach/open-shell.ts";
import { ReopeningShell } from "#reach/reopening.ts";
import { type Told, told } from "./answers.ts";
import type { FaultCase, FaultContext, Tried } from "./fault-case.ts";
import type { World } from "./world.ts";

const isExec = ({ url }: { readonly url: string }): boolean => url.includes("/exec?");

async function reopening({ through, target }: World): Promise<ReopeningShell> {
  const open = () => openShell(through, target);
  return new ReopeningShell({ first: await open(), open });
}

/** What differs from an expected row of "answer" and reason codes. */
function differing(name: string, said: readonly Told[], expected: readonly string[]): readonly string[] {
  const kinds = said.map((each) => (each.kind === "typed" ? each.code : each.kind));
  return kinds.join() === expected.join() ? [] : [`${name}: ${kinds.join()} in place of ${expected.join()}`];
}

/** Every exec stream of the hop is gone and new ones are refused; later they are taken again. */
async function restart({ world }: FaultContext): Promise<Tried> {
  const wrong: string[] = [];
  const shell = await reopening(world);
  const before = await told([shell.run("echo before")]);
  wrong.push(...differing("before", before, ["answer"]));
  const running = told([shell.run("cat /etc/passwd; sleep 1000"), shell.run("cat /etc/passwd")]);
  world.proxy.refuse();
  const during = await running;
  wrong.push(...differing("while it is away", during.slice(0, 1), ["connection-lost"]));
  if (during.some(({ kind }) => kind !== "typed")) wrong.push(`while it is away: ${JSON.stringify(during)}`);
  world.proxy.accept();
  const later = await reopening(world);
  wrong.push(...differing("afterwards", await told([later.run("echo after")]), ["answer"]));
  await Promise.all([shell.close(), later.close()]);
  return { runs: 1, wrong };
}

/** The session is lost within its first answer (the greeting takes about 320 bytes), and what comes next is refused by these answers, each once. */
async function lostThen(
  { world }: FaultContext,
  codes: readonly number[],
  expected: readonly string[],
): Promise<readonly string[]> {
  const { proxy, cluster } = world;
  proxy.carry((exec) => (exec === first ? { trouble: { side: "server", afterBytes: 360, how: "reset" } } : {}));
  const first = proxy.execs();
  try {
    const shell = await reopening(world);
    for (const code of codes) {
      const hint = code === 429 ? { retryAfterSeconds: 1 } : {};
      cluster.faults.add({ match: isExec, times: 1, respond: { code, ...hint } });
    }
    const commands = ["cat /etc/passwd", "echo 1 >>/tmp/lost", "cat /etc/group"];
    const said = await told(commands.map((command) => shell.run(command)));
    await shell.close();
    return differing(`then ${codes.join(", ")}`, said, expected);
  } finally {
    cluster.faults.clear();
    proxy.carry(() => ({}));
  }
}

/** Faults of the API server itself. */
export const serverCases: readonly FaultCase[] = [
  { id: "api-restart", what: "the API server goes away and comes back", run: restart },
  {
    id: "lost-then-refused",
    what: "a session is lost, and the re-opening meets 401, 403, 404, 429 storms and 500",
    run: async (context) => {
      const refused = (code: string) => [code, "connection-lost", code];
      const wrong = [
        await lostThen(context, [], ["answer", "connection-lost", "answer"]),
        await lostThen(context, [401], refused("unauthenticated")),
        await lostThen(context, [403], refused("forbidden")),
        await lostThen(context, [404], refused("exec-refused")),
        await lostThen(context, [429, 429], ["answer", "connection-lost", "answer"]),
        await lostThen(context, [503, 500], ["answer", "connection-lost", "answer"]),
        await lostThen(context, [429, 429, 429, 429], refused("throttled")),
      ];
      return { runs: wrong.length, wrong: wrong.flat() };
    },
  },
];
