import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ScanError } from "#contract/errors.ts";
import { SessionRefused, wasNeverSent } from "#reach/loss.ts";
import { reachesPast } from "#reach/reaching.ts";
import { Session } from "#reach/session.ts";
import { stopTree } from "#reach/stopping.ts";
import { oneExec } from "#test/support/one-exec.ts";
import { patience } from "#test/support/patience.ts";
import { processStream } from "#test/support/process-stream.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-session-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
symlinkSync("/bin/bash", join(folder, "sh"));

/** Bash under the name `sh` keeps to POSIX, and busybox sh has to be called by its own name. */
const shells = {
  dash: ["/bin/dash"],
  bash: ["/bin/bash"],
  "bash as sh": [join(folder, "sh")],
  busybox: ["/bin/busybox", "sh"],
} as const;

function open(shell: readonly string[], known: readonly string[] = []): Session {
  return new Session({
    shell,
    known,
    open: processStream(shell),
    stop: async (pid, parent) => {
      const [program = "", ...words] = shell;
      const stopper = spawn(program, [...words, "-c", stopTree(pid, parent)], { stdio: "ignore" });
      await new Promise((resolve) => stopper.on("close", resolve));
    },
  });
}

/** As over an exec: bash gives the variable on to what it starts, and this very shell may have got it from one. */
delete process.env._;

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();
const bytes = Buffer.from("fed");

/** The process that waits for a writer of a named pipe, by its arguments; 0 without one. */
function readerOf(fifo: string): number {
  const named = readdirSync("/proc").find((name) => {
    if (!/^\d+$/.test(name) || !existsSync(`/proc/${name}/cmdline`)) return false;
    return readFileSync(`/proc/${name}/cmdline`, "latin1") === `cat\0${fifo}\0`;
  });
  return Number(named ?? 0);
}

/** A process that was killed may stay as a zombie, which has no program any more. */
const isGone = (pid: string) => !existsSync(`/proc/${pid}/exe`);

const commands: readonly string[] = [
  "echo out; echo err >&2; exit 3",
  "printf 'no newline'",
  "printf '\\n\\n  spaces  \\n\\n'",
  "printf 'a\\r\\nb\\r\\n'",
  "printf '\\000\\001\\377\\033[31m'",
  "grep -c nothing /etc/passwd",
  "true",
  "false",
  "exit 255",
  "kill -9 $$",
  "kill -TERM $$",
  "sh -c 'kill -SEGV $$'",
  "cat",
  'read line; echo "got [$line]"',
  'echo "unbalanced',
  "echo 'it''s' \"$HOME\" `echo sub` $(echo sub2)",
  "echo a # a comment at the end",
  "echo a\necho b\n",
  "cat <<X\nhere $((1+1))\nX",
  "set -e; false; echo not reached",
  "cd /tmp; umask 077; export LEAK=1; f() { :; }",
  "pwd; umask; echo ${LEAK-unset}; type f 2>/dev/null || echo no f",
  "exec echo replaced",
  "trap 'echo trapped' EXIT; true",
  "nosuchcommand",
  "/etc/passwd",
  "ls /nonexistent /etc/hostname",
  "echo unicode: żółć 漢字 🎉",
  "head -c 300000 /dev/zero",
  "i=0; while [ $i -lt 2000 ]; do echo line $i; echo err $i >&2; i=$((i+1)); done",
  "ls -l /proc/self/fd | awk '{print $9}' | sort -u | tr '\\n' ' '",
  "echo $PATH; env | sort",
  "export -p",
  "exec 1>&-; echo x",
  "exec 2>&-; echo y >&2",
  "exec >/dev/null; echo z",
  "tr '\\0' '\\n' </proc/self/environ | sort",
  "cat /proc/self/cmdline",
  "head -c 1000 /nonexistent",
  "cat /etc/passwd | tail -1",
];

describe.each(Object.entries(shells))("a session in %s", (_name, shell) => {
  let session: Session;
  beforeAll(async () => {
    session = open(shell);
    await session.greet();
  });
  afterAll(() => session.close());

  it.each(commands)("answers as one exec a command does: %j", async (command) => {
    const { stdout, stderr, exitCode } = await session.run(command);
    const reference = await oneExec(shell, command);
    expect(exitCode).toBe(reference.exitCode);
    expect(Buffer.from(stdout).equals(reference.stdout)).toBe(true);
    expect(Buffer.from(stderr).toString("latin1")).toBe(reference.stderr.toString("latin1"));
  });

  it("keeps answers apart and in order when many commands are sent at once", async () => {
    const answers = await Promise.all(
      Array.from({ length: 300 }, (_, index) => session.run(`echo ${index}; echo e${index} >&2; exit ${index % 256}`)),
    );
    expect(answers.map(({ stdout }) => Buffer.from(stdout).toString())).toEqual(
      answers.map((_, index) => `${index}\n`),
    );
    expect(answers.map(({ stderr }) => Buffer.from(stderr).toString())).toEqual(
      answers.map((_, index) => `e${index}\n`),
    );
    expect(answers.map(({ exitCode }) => exitCode)).toEqual(answers.map((_, index) => index % 256));
  });

  it("passes any bytes that can stand in an argument, and any bytes on stdin", async () => {
    await fc.assert(
      fc.asyncProperty(fc.uint8Array({ maxLength: 80 }), fc.uint8Array({ maxLength: 200 }), async (word, stdin) => {
        const argument = Buffer.from(word.map((byte) => (byte === 0 ? 1 : byte)));
        const text = Buffer.concat([
          Buffer.from("printf %s '"),
          Buffer.from(argument.toString("latin1").replaceAll("'", "'\\''"), "latin1"),
          Buffer.from("'; cat >&2"),
        ]);
        const { stdout, stderr } = await session.run(text, { stdin });
        expect(Buffer.from(stdout).equals(argument)).toBe(true);
        expect(Buffer.from(stderr).equals(Buffer.from(stdin))).toBe(true);
      }),
      { numRuns: 60 },
    );
  });

  it("refuses a command with a NUL byte, which no process could be given", async () => {
    await expect(session.run("echo \0")).rejects.toMatchObject({ code: "bad-request" });
  });

  it("waits for what a hidden background child writes, as one exec does, and runs nothing more", async () => {
    const own = open(shell);
    await own.greet();
    const gate = join(folder, `gate-${Math.random()}`);
    const left = own.run(`(while [ ! -e ${gate} ];do :;done;echo LATE;echo LATE >&2) & echo now;exit 7`);
    const after = await Promise.allSettled([own.run(`echo never >${gate}.never`), own.run("echo never")]);
    for (const each of after) {
      expect(each).toMatchObject({ status: "rejected", reason: { code: "connection-lost" } });
      expect(wasNeverSent((each as PromiseRejectedResult).reason)).toBe(true);
    }
    expect([own.open, own.handedOver]).toEqual([false, true]);
    writeFileSync(gate, "");
    const { stdout, stderr, exitCode } = await left;
    const said = [Buffer.from(stdout).toString(), Buffer.from(stderr).toString(), exitCode];
    expect([...said, existsSync(`${gate}.never`)]).toEqual(["now\nLATE\n", "LATE\n", 7, false]);
  });

  it("ends what a command left behind at the command's deadline", async () => {
    const own = open(shell);
    await own.greet();
    const pids = join(folder, `left-${Math.random()}`);
    const left = own.run(`sh -c 'echo $$ >${pids};exec sleep 1000' & echo now`, { timeoutMs: 400 });
    const error = await left.catch((thrown: unknown) => thrown);
    expect(error).toMatchObject({ code: "timeout" });
    expect(Buffer.from(((error as ScanError).cause as { stdout: Uint8Array }).stdout).toString()).toBe("now\n");
    expect(isGone(readFileSync(pids, "utf8").trim())).toBe(true);
  });

  it("goes on after a background child that writes nowhere", async () => {
    await session.run("sleep 0.2 >/dev/null 2>&1 & echo now");
    expect(Buffer.from((await session.run("echo on")).stdout).toString()).toBe("on\n");
    expect(session.open).toBe(true);
  });

  it("ends a command at its deadline, leaves nothing of it running, and goes on", async () => {
    const pids = join(folder, `pids-${Math.random()}`);
    const slow = session.run(`echo before; echo $$ >${pids}; sh -c 'echo $$ >>${pids}; sleep 1000'; echo after`, {
      timeoutMs: 400,
    });
    await expect(slow).rejects.toMatchObject({ code: "timeout" });
    const left = readFileSync(pids, "utf8").trim().split("\n");
    expect(left.length).toBe(2);
    await vi.waitUntil(() => left.every(isGone), patience);
    expect(Buffer.from((await session.run("echo on")).stdout).toString()).toBe("on\n");
  });

  it("keeps the partial output of a command that ran out of time", async () => {
    const error = await session.run("echo partial; sleep 1000", { timeoutMs: 400 }).catch((thrown: unknown) => thrown);
    const cause = (error as ScanError).cause as { stdout: Uint8Array };
    expect(Buffer.from(cause.stdout).toString()).toBe("partial\n");
  });

  it("stops a command when its signal aborts", async () => {
    const stop = new AbortController();
    const running = session.run("sleep 1000", { signal: stop.signal });
    const next = session.run("echo next");
    stop.abort(new ScanError("cancelled", "enough"));
    await expect(running).rejects.toMatchObject({ code: "cancelled", message: "enough" });
    expect(Buffer.from((await next).stdout).toString()).toBe("next\n");
  });
});

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

describe("a command that may reach past its own process", () => {
  it.each(["kill 0", "kill -9 0", "echo $PPID", "pkill x", "killall -9 x"])("is seen: %s", (command) =>
    expect(reachesPast(command)).toBe(true),
  );
  it.each(["a && b", "a 2>&1", "a >&2", "a & b", "setsid a", "exec 3<&0 4>&-", "kill -9 $$", "kill 10"])(
    "is not: %s",
    (command) => expect(reachesPast(command)).toBe(false),
  );

  it("runs over a stream of its own, and is counted", async () => {
    const alone = vi.fn(async (command: string) => {
      return { ...(await oneExec(["/bin/sh"], command)), truncated: false, elapsedMs: 0 };
    });
    const session = new Session({
      shell: ["/bin/sh"],
      open: processStream(["/bin/sh"]),
      stop: async () => undefined,
      alone,
    });
    await session.greet();
    const { stdout } = await session.run("kill -0 $PPID && echo a parent");
    expect(Buffer.from(stdout).toString()).toBe("a parent\n");
    expect([alone.mock.calls.length, session.execStreams]).toEqual([1, 2]);
    await session.close();
  });
});

describe("a session that ends", () => {
  it("never turns a lost shell into an answer", async () => {
    const session = open(shells.dash);
    await session.greet();
    const answers = await Promise.allSettled([session.run("kill -9 $PPID"), session.run("echo never")]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: "rejected", reason: { code: "connection-lost" } });
    }
    await expect(session.run("echo more")).rejects.toMatchObject({ code: "connection-lost" });
  });

  it("leaves nothing running when it is closed in the middle of a command", async () => {
    const session = open(shells.dash);
    await session.greet();
    const pids = join(folder, "closed");
    const running = session.run(`sh -c 'echo $$ >${pids}; exec sleep 1000'; true`);
    const told = expect(running).rejects.toMatchObject({ code: "connection-lost" });
    await vi.waitUntil(() => existsSync(pids) && readFileSync(pids, "utf8").endsWith("\n"), patience);
    await session.close();
    await told;
    await vi.waitUntil(() => isGone(readFileSync(pids, "utf8").trim()), patience);
  });

  it("is told as refused, with the words of the other side, when no shell ever answered", async () => {
    const session = new Session({
      shell: ["/bin/sh"],
      open: processStream(["/bin/ls", "/nonexistent-for-sure"]),
      stop: async () => undefined,
    });
    const refused = await session.greet().catch((error: unknown) => error);
    expect(refused).toBeInstanceOf(SessionRefused);
    expect(refused).toMatchObject({ how: { kind: "exited", exitCode: 2 } });
    expect((refused as SessionRefused).words).toContain("nonexistent-for-sure");
  });

  it("is not fooled by a program that echoes what it reads", async () => {
    const session = new Session({ shell: ["/bin/sh"], open: processStream(["/bin/cat"]), stop: async () => undefined });
    await expect(session.greet(AbortSignal.timeout(500))).rejects.toBeInstanceOf(Error);
    await session.close();
  });
});
