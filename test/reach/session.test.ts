import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ScanError } from "#contract/errors.ts";
import { SessionRefused } from "#reach/loss.ts";
import { reachesPast } from "#reach/reaching.ts";
import { stopTree } from "#reach/script.ts";
import { Session } from "#reach/session.ts";
import { oneExec } from "#test/support/one-exec.ts";
import { patience } from "#test/support/patience.ts";
import { processStream } from "#test/support/process-stream.ts";

/** busybox sh has to be called by its own name. */
const shells = { dash: "/bin/dash", bash: "/bin/bash" } as const;

function open(shell: string): Session {
  return new Session({
    shell: [shell],
    open: processStream([shell]),
    stop: async (pid) => {
      const stopper = spawn(shell, ["-c", stopTree(pid)], { stdio: "ignore" });
      await new Promise((resolve) => stopper.on("close", resolve));
    },
  });
}

/** A process that was killed may stay as a zombie, which has no program any more. */
const isGone = (pid: string) => !existsSync(`/proc/${pid}/exe`);

const folder = mkdtempSync(join(tmpdir(), "muster-session-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

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
  "echo $PATH; env | grep -v '^_=' | sort",
  "exec 1>&-; echo x",
  "exec 2>&-; echo y >&2",
  "exec >/dev/null; echo z",
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
    const reference = await oneExec([shell], command);
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

  it("keeps what a background child writes later out of the next answer", async () => {
    const gate = join(folder, `gate-${Math.random()}`);
    const done = `${gate}.done`;
    await session.run(`(while [ ! -e ${gate} ]; do :; done; echo LATE; echo LATE >&2; echo x >${done}) & echo now`);
    await session.run(`echo >${gate}; while [ ! -e ${done} ]; do :; done`);
    const { stdout, stderr } = await session.run("echo mine");
    expect([Buffer.from(stdout).toString(), Buffer.from(stderr).toString()]).toEqual(["mine\n", ""]);
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

describe("a command that may reach past its own process", () => {
  it.each([
    "sleep 1 & echo x",
    "(echo late) &",
    "nohup cmd",
    "setsid cmd",
    "a & b",
    "kill 0",
    "kill -9 0",
    "echo $PPID",
  ])("is seen: %s", (command) => expect(reachesPast(command)).toBe(true));
  it.each(["a && b", "a 2>&1", "a >&2", "a &>f", "exec 3<&0 4>&-", "echo x | cat", "kill -9 $$", "kill 10"])(
    "is not: %s",
    (command) => expect(reachesPast(command)).toBe(false),
  );

  it("runs over a stream of its own, which waits for them, and is counted", async () => {
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
    const { stdout } = await session.run("(sleep 0.05; echo late) & echo now");
    expect(Buffer.from(stdout).toString()).toBe("now\nlate\n");
    expect([alone.mock.calls.length, session.execStreams]).toEqual([1, 2]);
    await session.close();
  });
});

describe("a session that ends", () => {
  it("never turns a lost shell into an answer", async () => {
    const session = open("/bin/dash");
    await session.greet();
    const answers = await Promise.allSettled([session.run("kill -9 $PPID"), session.run("echo never")]);
    for (const answer of answers) {
      expect(answer).toMatchObject({ status: "rejected", reason: { code: "connection-lost" } });
    }
    await expect(session.run("echo more")).rejects.toMatchObject({ code: "connection-lost" });
  });

  it("leaves nothing running when it is closed in the middle of a command", async () => {
    const session = open("/bin/dash");
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
