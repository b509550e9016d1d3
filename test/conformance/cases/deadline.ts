import { randomBytes } from "node:crypto";
import type { Completed } from "#contract/shell.ts";
import { type Case, type Context, requireTools } from "../case.ts";
import { alive, answers, eventually, failsWith, holds, sameBytes } from "../check.ts";

/** Prints its PID and a child's, then never ends. */
const endless = "sleep 300 & echo $$ $!; echo partial >&2; sleep 300; echo never";

/** What a command that ran out of time had written: the error's cause. */
function partialOf(error: Error): Completed {
  const { cause } = error;
  holds(typeof cause === "object" && cause !== null && "stdout" in cause, "the partial output is lost");
  return cause as Completed; // as seen
}

async function gone(context: Context, pids: readonly string[]): Promise<void> {
  await eventually(`the end of ${pids.join(" and ")}`, async () => {
    const left = await alive(context, pids);
    return left.length === 0 ? true : undefined;
  });
}

const pidsIn = (stdout: Uint8Array) => Buffer.from(stdout).toString().trim().split(/\s+/);

/** A command may take as long as the caller says, and no longer. */
export const deadlines: readonly Case[] = [
  {
    id: "T39",
    title: "the caller's timeout for one command is kept, told as such, and the partial output stays",
    why: "Without it one `find /` on a network file system holds the whole scan.",
    run: async (context) => {
      requireTools(context, "sleep");
      const session = await context.open();
      const slow = session.run("echo before; echo words >&2; sleep 300; echo after", { timeoutMs: 700 });
      const next = session.run("echo next");
      const partial = partialOf(await failsWith("a slow command", slow, "timeout"));
      sameBytes("partial stdout", partial.stdout, "before\n");
      sameBytes("partial stderr", partial.stderr, "words\n");
      sameBytes("the next command", (await next).stdout, "next\n");
      await answers(session, { command: "echo quick; exit 3", stdout: "quick\n", exitCode: 3 });
    },
  },
  {
    id: "T40",
    title: "after a timeout nothing of the command runs on, and the session answers rightly",
    why: "Closing a stream leaves its process; a retry then makes two of them.",
    run: async (context) => {
      requireTools(context, "sleep");
      const session = await context.open();
      const slow = session.run(endless, { timeoutMs: 700 });
      const pids = pidsIn(partialOf(await failsWith("a slow command", slow, "timeout")).stdout);
      holds(pids.length === 2, `two PIDs, got ${pids.join(" ")}`);
      await gone(context, pids);
      const nonce = randomBytes(8).toString("hex");
      await answers(session, { command: `echo ${nonce}`, stdout: `${nonce}\n` });
    },
  },
  {
    id: "T40",
    title: "a command that ignores signals ends at its deadline too",
    why: "A trap on TERM is common in start scripts.",
    run: async (context) => {
      requireTools(context, "sleep");
      const session = await context.open();
      const stubborn = session.run("trap '' TERM HUP INT; echo $$; while :; do sleep 300; done", { timeoutMs: 700 });
      await gone(context, pidsIn(partialOf(await failsWith("a stubborn command", stubborn, "timeout")).stdout));
      await answers(session, { command: "echo next", stdout: "next\n" });
    },
  },
  {
    id: "T40",
    title: "a command on a stream of its own, and what any command left behind, are gone at the deadline",
    why: "A stream that is let go leaves its process, and a child in the background outlives its parent.",
    run: async (context) => {
      requireTools(context, "sleep");
      const session = await context.open();
      for (const look of [": $PPID;", ""]) {
        for (const command of [endless, "sleep 300 & echo $$ $!"]) {
          const slow = session.run(`${look}${command}`, { timeoutMs: 700 });
          await gone(context, pidsIn(partialOf(await failsWith("a slow command", slow, "timeout")).stdout));
        }
      }
      await answers(session, { command: "echo next", stdout: "next\n" });
    },
  },
  {
    id: "T40",
    title: "a cancelled command and what a closed session ran are gone as well",
    why: "Scans that are cancelled must not leave work behind on somebody's node.",
    run: async (context) => {
      requireTools(context, "sleep", "cat");
      const mark = `/dev/shm/conformance-${randomBytes(6).toString("hex")}`;
      const session = await context.open();
      const stop = new AbortController();
      const cancelled = session.run(`echo $$ >${mark}; sleep 300`, { signal: stop.signal });
      const written = async () => {
        const { stdout } = await context.reference.run(`cat ${mark} 2>/dev/null`);
        return stdout.length > 0 ? pidsIn(stdout) : undefined;
      };
      const first = await eventually("the command's PID", written);
      stop.abort();
      await failsWith("a cancelled command", cancelled, "cancelled");
      await gone(context, first);
      await answers(session, { command: `: >${mark}`, stdout: "" });
      const closed = failsWith(
        "a closed session's command",
        session.run(`echo $$ >${mark}; sleep 300`),
        "connection-lost",
        "cancelled",
      );
      const second = await eventually("the next PID", written);
      await session.close();
      await closed;
      await gone(context, second);
      await context.reference.run(`: >${mark}; rm -f ${mark}`);
    },
  },
];
