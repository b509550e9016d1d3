import { createHash } from "node:crypto";
import { type Case, requireTools } from "../case.ts";
import { answers, holds, sameBytes } from "../check.ts";

const lineBytes = 50_000_000;
const floodBytes = 2_000_000_000;
const mostGrowthBytes = 400 * 1024 * 1024;

/** Stops this process from reading, as a busy client would. */
const doNothing = (ms: number) => void Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, ms);

/** Nothing, much, and too much. */
export const amounts: readonly Case[] = [
  {
    id: "T11",
    title: "a line of 50 MB comes whole or is told to be truncated, and the next answer is right",
    why: "A reader that waits for a newline hangs, one that copies grows without bound.",
    pace: "slow",
    run: async (context) => {
      requireTools(context, "head", "tr");
      const session = await context.open();
      const { stdout, exitCode, truncated } = await session.run(`head -c ${lineBytes} /dev/zero | tr '\\0' x; exit 3`);
      holds(exitCode === 3, `exit code 3, got ${exitCode}`);
      holds(
        truncated ? stdout.length < lineBytes : stdout.length === lineBytes,
        `${stdout.length} bytes, truncated: ${truncated}`,
      );
      holds(stdout.length >= 1024 * 1024, `only ${stdout.length} bytes were kept`);
      const due = createHash("sha256").update(Buffer.alloc(stdout.length, "x")).digest("hex");
      sameBytes("hash of what was kept", createHash("sha256").update(stdout).digest("hex"), due);
      await answers(session, { command: "echo next", stdout: "next\n" });
    },
  },
  {
    id: "T11",
    title: "2 GB are cut at the cap and told to be truncated, in bounded memory",
    why: "One runaway command must not take the scanner's memory, nor pass for a whole answer.",
    pace: "slow",
    where: "last",
    timeoutMs: 240_000,
    run: async (context) => {
      requireTools(context, "head");
      const session = await context.open();
      const before = process.memoryUsage().rss;
      let most = before;
      const watch = setInterval(() => {
        most = Math.max(most, process.memoryUsage().rss);
      }, 50);
      const flood = await session.run(`head -c ${floodBytes} /dev/zero; exit 4`).finally(() => clearInterval(watch));
      holds(flood.truncated, `${flood.stdout.length} bytes came and nothing says that more was thrown away`);
      holds(flood.stdout.length > 0 && flood.stdout.every((byte) => byte === 0), "what was kept is not what was sent");
      holds(flood.exitCode === 4, `exit code 4, got ${flood.exitCode}`);
      holds(most - before < mostGrowthBytes, `memory grew by ${Math.round((most - before) / 1e6)} MB`);
      await answers(session, { command: "echo next", stdout: "next\n" });
    },
  },
  {
    id: "T12",
    title: "an empty answer with status 0 is an answer, and costs no second try",
    why: "Tools that take it for a failure retry for seconds, or report an empty file as an error.",
    run: async (context) => {
      const session = await context.open();
      const before = context.requests();
      for (const command of ["true", ":", "cat /dev/null", "printf ''", "exit 0"]) {
        await answers(session, { command, stdout: "", stderr: "", exitCode: 0 });
      }
      holds(context.requests() === before, `${context.requests() - before} further requests for five empty answers`);
      await answers(session, { command: "echo not empty", stdout: "not empty\n" });
    },
  },
  {
    id: "T14",
    title: "all that was written before the status arrives, although it is read slowly",
    why: "A status that overtakes data cuts the end off, and half a file looks like a whole one.",
    run: async (context) => {
      requireTools(context, "head", "tr");
      const size = 5_000_000;
      const session = await context.open();
      const both = `head -c ${size} /dev/zero | tr '\\0' o; head -c ${size} /dev/zero | tr '\\0' e >&2; printf end`;
      const running = session.run(both);
      for (let pause = 0; pause < 3; pause += 1) {
        await new Promise((resolve) => setTimeout(resolve, 20));
        doNothing(250);
      }
      const { stdout, stderr, exitCode, truncated } = await running;
      holds(!truncated && exitCode === 0, `exit code ${exitCode}, truncated: ${truncated}`);
      sameBytes("stdout", stdout, Buffer.concat([Buffer.alloc(size, "o"), Buffer.from("end")]));
      sameBytes("stderr", stderr, Buffer.alloc(size, "e"));
    },
  },
];
