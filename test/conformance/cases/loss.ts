import { randomBytes } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import { execOnce } from "#reach/exec-once.ts";
import { type Case, type Context, labOf } from "../case.ts";
import { answers, eventually, failsWith, holds, sameBytes } from "../check.ts";
import { startIdleHop } from "../idle-hop.ts";

/** A pod of its own. */
async function podIn(context: Context) {
  const lab = labOf(context);
  return { lab, target: await lab.pod() };
}

/** A pod of its own and a session with it, answered once, through a hop that can be cut. */
async function throughHop(context: Context) {
  const { lab, target } = await podIn(context);
  const { connection, proxy } = await lab.through(2);
  const session = await context.open(target, connection);
  await answers(session, { command: "echo before", stdout: "before\n" });
  return { target, proxy, session };
}

const cases: readonly Omit<Case, "where">[] = [
  {
    id: "T13",
    title: "a stream that ends without a status is an error, although the output looks whole",
    why: "kubectl can lose output and exit 0 (kubernetes 124571): half a file then passes a control.",
    run: async (context) => {
      const { lab, target } = await podIn(context);
      const argv = ["/bin/sh", "-c", "echo looks whole"];
      const sound = await execOnce(context.connection, target, argv);
      sameBytes("without a fault", sound.stdout, "looks whole\n");
      for (const exec of [{ status: "missing" }, { abruptEnd: true }] as const) {
        const disarm = lab.faultyExec(target.pod, { exec });
        await failsWith(JSON.stringify(exec), execOnce(context.connection, target, argv), "connection-lost");
        disarm();
      }
    },
  },
  {
    id: "T13",
    title: "a session cut in the middle of an answer gives an error, not the part that came",
    why: "A trailer a command is what tells half an answer from a whole one.",
    run: async (context) => {
      const { lab, target } = await podIn(context);
      lab.faultyExec(target.pod, { dropAfterBytes: 60_000, times: 1 });
      const session = await context.open(target);
      await answers(session, { command: "echo before", stdout: "before\n" });
      await failsWith("a cut answer", session.run("head -c 200000 /dev/zero; echo end"), "connection-lost");
    },
  },
  {
    id: "T41",
    title: "a command that was under way when the connection broke is not run again",
    why: "A command with effects must not have them twice, and nobody knows how far it came.",
    run: async (context) => {
      const { target, proxy, session } = await throughHop(context);
      const mark = `/dev/shm/ran-${randomBytes(6).toString("hex")}`;
      const running = failsWith(
        "a command in a broken stream",
        session.run(`echo x >>${mark}; sleep 2`),
        "connection-lost",
      );
      const direct = await context.open(target);
      const count = async () => {
        const { stdout } = await direct.run(`grep -c x ${mark}`);
        return Number(Buffer.from(stdout).toString()) || undefined;
      };
      await eventually("the command's mark", count);
      proxy.reset();
      await running;
      await session.run("true").catch(() => undefined);
      await sleep(1_000);
      holds((await count()) === 1, `it ran ${await count()} times`);
    },
  },
  {
    id: "T41",
    title: "a command given after an idle session was cut runs once, in a new stream",
    why: "An API server that is replaced cuts every stream; what had not begun can be run safely.",
    run: async (context) => {
      const { proxy, session } = await throughHop(context);
      proxy.cut();
      await sleep(200);
      const mark = `/dev/shm/once-${randomBytes(6).toString("hex")}`;
      await answers(session, { command: `echo x >>${mark}; grep -c x ${mark}`, stdout: "1\n" });
    },
  },
  {
    id: "T42",
    title: "an idle session outlives a hop that drops what is silent (12 s here, 350 s in a cloud)",
    why: "NAT gateways and load balancers forget idle streams without a word.",
    pace: "apart",
    timeoutMs: 90_000,
    run: async (context) => {
      const { lab, target } = await podIn(context);
      const hop = await startIdleHop(Number(new URL(lab.cluster.server).port), 12_000);
      context.atEnd(hop.close);
      const session = await context.open(target, lab.connectAs({ port: hop.port }));
      await answers(session, { command: "echo before", stdout: "before\n" });
      await sleep(40_000);
      await answers(session, { command: "echo after; exit 3", stdout: "after\n", exitCode: 3 });
    },
  },
  {
    id: "T43",
    title: "a peer that went silent is found out by its missing sign of life",
    why: "A lost node closes nothing: without pings a scan waits for TCP, which takes a quarter of an hour.",
    pace: "apart",
    timeoutMs: 120_000,
    run: async (context) => {
      const { proxy, session } = await throughHop(context);
      const waiting = failsWith(
        "a command to a silent peer",
        session.run("sleep 300; echo never"),
        "connection-lost",
        "timeout",
      );
      proxy.stall();
      await waiting;
      proxy.resume();
    },
  },
];

/** A stream that breaks is an error of its own kind, and never an answer. */
export const losses: readonly Case[] = cases.map((each) => ({ ...each, where: "once" }));
