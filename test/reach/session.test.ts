import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import * as fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ScanError } from "#contract/errors.ts";
import { SessionRefused, wasNeverSent } from "#reach/loss.ts";
import { Session } from "#reach/session.ts";
import { localSessions } from "#test/support/local-sessions.ts";
import { oneExec } from "#test/support/one-exec.ts";
import { patience } from "#test/support/patience.ts";
import { processStream } from "#test/support/process-stream.ts";

const { folder, shells, open } = localSessions();

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
