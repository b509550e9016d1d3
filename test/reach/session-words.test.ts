import { readdirSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it, vi } from "vitest";
import { ScanError } from "#contract/errors.ts";
import { Session } from "#reach/session.ts";
import { commandLineOf } from "#test/support/command-line-of.ts";
import { localSessions } from "#test/support/local-sessions.ts";
import { oneExec } from "#test/support/one-exec.ts";
import { patience } from "#test/support/patience.ts";
import { processStream } from "#test/support/process-stream.ts";

const { folder, shells, open } = localSessions();

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

const bytes = Buffer.from("fed");

/** The process that waits for a writer of a named pipe, by its arguments; 0 without one. */
function readerOf(fifo: string): number {
  const named = readdirSync("/proc").find((name) => /^\d+$/.test(name) && commandLineOf(name) === `cat\0${fifo}\0`);
  return Number(named ?? 0);
}

describe.each(Object.entries(shells))("what a session in %s sends", (_name, shell) => {
  const tail = `;printf '%s|' "it's known: \u0142\u00b0 \u6f22" "$0";tr '\\0' '|' </proc/$$/cmdline`;

  it("is a known tail once, and the argument of the process is the whole command", async () => {
    const session = open(shell, ["no command ends with this long text", tail]);
    await session.greet();
    const commands = ["echo 1", "echo 'two'", "", `echo ${"x".repeat(2000)}`].map((head) => `${head || ":"}${tail}`);
    const plain = await Promise.all(commands.map((command) => oneExec(shell, command)));
    const sent: number[] = [];
    for (const [index, command] of commands.entries()) {
      const before = session.traffic.bytesOut;
      const { stdout, stderr } = await session.run(command);
      sent.push(session.traffic.bytesOut - before - command.length);
      expect([text(stdout), text(stderr)]).toEqual([plain[index]?.stdout.toString(), plain[index]?.stderr.toString()]);
    }
    expect(sent[0]).toBeGreaterThan(tail.length);
    for (const each of sent.slice(1)) expect(each).toBeLessThan(0);
    await session.close();
  });

  it("is told again to another loop, and with the next command when the first was never sent", async () => {
    const session = open(shell, [tail]);
    await session.greet();
    const stop = new AbortController();
    const first = session.run(`sleep 0.1;: ${"x".repeat(33_000)}`);
    const dropped = session.run(`echo dropped${tail}`, { signal: stop.signal });
    const next = session.run(`echo next${tail}`);
    stop.abort(new ScanError("cancelled", "enough"));
    await expect(dropped).rejects.toMatchObject({ code: "cancelled" });
    await first;
    expect(text((await next).stdout)).toBe((await oneExec(shell, `echo next${tail}`)).stdout.toString());
    await session.close();
  });

  it("is at most 48 bytes beside a quoted command, and 250 commands in one window", async () => {
    const session = open(shell);
    await session.greet();
    const before = session.traffic;
    const commands = Array.from({ length: 250 }, (_, index) => `stat -c %a /etc/some/file/number/${index}`);
    await Promise.all(commands.map((command) => session.run(command)));
    const beside = session.traffic.bytesOut - before.bytesOut - commands.join("''").length;
    expect(beside / commands.length).toBeLessThanOrEqual(48);
    expect(session.traffic.stalls).toBe(before.stalls);
    await session.close();
  });

  it("travels in one flight with the greeting when nobody waits for it", async () => {
    const flights: string[] = [];
    const session = new Session({
      shell,
      open: (listener) => {
        const stream = processStream(shell)(listener);
        const write = stream.write;
        return Object.assign(stream, {
          write: (bytes: Uint8Array) => {
            flights.push(`${stream.bytesIn}: ${text(bytes)}`);
            write(bytes);
          },
        });
      },
      stop: async () => undefined,
    });
    const greeted = session.greet();
    const answers = [
      session.run("echo first"),
      session.run("echo second; exit 3"),
      session.run("cat", { stdin: bytes }),
    ];
    expect(flights.map((flight) => flight.slice(0, 2))).toEqual(["0:", "0:", "0:", "0:"]);
    await greeted;
    const said = (await Promise.all(answers)).map(({ stdout, exitCode }) => [text(stdout), exitCode]);
    expect(said).toEqual([
      ["first\n", 0],
      ["second\n", 3],
      ["fed", 0],
    ]);
    await session.close();
  });

  it("runs what only looks again when a signal ended it, and keeps the shell's own words out", async () => {
    const session = open(shell);
    await session.greet();
    const fifo = join(folder, `fifo-${Math.random()}`);
    await session.run(`mkfifo ${fifo}`);
    const killed = async (before: number) => {
      const find = () => [readerOf(fifo)].find((pid) => pid !== 0 && pid !== before);
      const pid = (await vi.waitUntil(find, patience)) ?? 0;
      process.kill(pid, "SIGKILL");
      return pid;
    };
    const looking = session.run(`cat ${fifo}`);
    const last = await killed(await killed(0));
    const plain = oneExec(shell, `cat ${fifo}`);
    await killed(last);
    const { stdout, stderr, exitCode } = await looking;
    const reference = await plain;
    expect(exitCode).toBe(137);
    expect([text(stdout), text(stderr), exitCode]).toEqual([...Object.values(reference).map(String).slice(0, 2), 137]);
    await session.close();
  });
});
