import { locate } from "#functions/executor/locate.ts";
import { type Case, type Context, labOf } from "../case.ts";
import { answers, eventually, holds, sameBytes } from "../check.ts";

const cycles = 1_000;
const beside = 4;
const roundTripMs = 400;

/** Processes in the container, seen by an exec of its own, itself not counted. */
async function processesIn(context: Context): Promise<number> {
  const { stdout } = await context.reference.run("n=0;for d in /proc/[0-9]*;do n=$((n+1));done;echo $((n-1))");
  return Number(Buffer.from(stdout).toString());
}

const held = () => process.getActiveResourcesInfo().filter((name) => /Socket|TCP|Timeout/.test(name)).length;

/** Many commands, many sessions, and what they cost. */
export const loads: readonly Case[] = [
  {
    id: "T45",
    title: "50 commands at once in one session never mix their answers",
    why: "Mixed streams give one control another's output, differently on each run.",
    run: async (context) => {
      const session = await context.open();
      const numbers = Array.from({ length: 50 }, (_, number) => number);
      const command = (n: number) =>
        `i=0; while [ $i -lt 40 ]; do echo out ${n} $i; echo err ${n} $i >&2; i=$((i+1)); done; exit ${n}`;
      const due = (word: string, n: number) => Array.from({ length: 40 }, (_, i) => `${word} ${n} ${i}\n`).join("");
      const all = await Promise.all(numbers.map((n) => session.run(command(n))));
      for (const n of numbers) {
        sameBytes(`command ${n}: stdout`, all[n]?.stdout ?? "", due("out", n));
        sameBytes(`command ${n}: stderr`, all[n]?.stderr ?? "", due("err", n));
        holds(all[n]?.exitCode === n, `command ${n}: exit code ${all[n]?.exitCode}`);
      }
    },
  },
  {
    id: "T46",
    title: "20 sessions leave no process in the container",
    why: "Shells that stay behind fill the pod's PID limit, and are found by the next scan.",
    run: async (context) => {
      const before = await processesIn(context);
      for (let cycle = 0; cycle < 20; cycle += 1) {
        const session = await context.open();
        await answers(session, { command: `echo ${cycle}`, stdout: `${cycle}\n` });
        await session.close();
      }
      const quiet = async () => ((await processesIn(context)) <= before ? true : undefined);
      await eventually(`no more than ${before} processes in the container`, quiet);
    },
  },
  {
    id: "T46",
    title: "1,000 sessions leave no socket, timer or shell",
    why: "An executor lives for many scans; what each leaves behind ends it.",
    pace: "alone",
    where: "last",
    timeoutMs: 600_000,
    run: async (context) => {
      const processes = await processesIn(context);
      await (await context.open()).close();
      await eventually("quiet", async () => (held() < 50 ? true : undefined));
      const before = held();
      let left = cycles;
      const work = async () => {
        while (left > 0) {
          left -= 1;
          const word = String(left);
          const session = await context.open();
          await answers(session, { command: `echo ${word}`, stdout: `${word}\n` });
          await session.close();
        }
      };
      await Promise.all(Array.from({ length: beside }, work));
      const settled = async () => (held() <= before + 5 ? true : undefined);
      await eventually(`as many sockets and timers as before (${before})`, settled);
      const quiet = async () => ((await processesIn(context)) <= processes ? true : undefined);
      await eventually(`no more than ${processes} processes in the container`, quiet);
    },
  },
  {
    id: "T49",
    title: "the first answer takes at most 5 requests to the API, the next hundred take none",
    why: "A request a command runs into rate limits and fills the audit log.",
    run: async (context) => {
      const signal = AbortSignal.timeout(30_000);
      const [session] = await Promise.all([context.open(), locate(context.connection, context.target, signal)]);
      await answers(session, { command: "echo first", stdout: "first\n" });
      const first = context.requests();
      holds(first <= 5, `${first} requests before the first answer`);
      const all = await Promise.all(Array.from({ length: 100 }, (_, n) => session.run(`echo ${n}`)));
      for (const [n, { stdout }] of all.entries()) sameBytes(`answer ${n}`, stdout, `${n}\n`);
      holds(context.requests() === first, `${context.requests() - first} requests for a hundred commands`);
    },
  },
  {
    id: "T49",
    title: "a hundred commands over a distance do not wait for a hundred round trips",
    why: "Over a VPN the round trips are the scan's time.",
    where: "once",
    run: async (context) => {
      const { connection } = await labOf(context).through(roundTripMs);
      const session = await context.open(context.target, connection);
      const begun = performance.now();
      const all = await Promise.all(Array.from({ length: 100 }, (_, n) => session.run(`echo ${n}`)));
      const trips = (performance.now() - begun) / roundTripMs;
      for (const [n, { stdout }] of all.entries()) sameBytes(`answer ${n}`, stdout, `${n}\n`);
      holds(trips < 25, `they took the time of ${trips.toFixed(0)} round trips`);
    },
  },
];
