import { afterEach, describe, expect, it, vi } from "vitest";
import { Session } from "#reach/session.ts";
import type { SessionParts } from "#reach/session-parts.ts";
import { patience } from "#test/support/patience.ts";
import { processStream } from "#test/support/process-stream.ts";

const opened: Session[] = [];
afterEach(async () => {
  for (const session of opened.splice(0)) await session.close();
});

async function open(shell: string, parts: Partial<SessionParts> = {}): Promise<Session> {
  const session = new Session({ shell: [shell], open: processStream([shell]), stop: async () => undefined, ...parts });
  opened.push(session);
  await session.greet();
  return session;
}
const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe.each(["/bin/dash", "/bin/bash"])("a long command in %s", (shell) => {
  it.each([4 * 1024, 119 * 1024, 121 * 1024, 128 * 1024, 1024 * 1024])("of %i bytes runs whole", async (bytes) => {
    const session = await open(shell);
    const rest = `;echo "$#"`;
    const word = "x".repeat(bytes - "v=''".length - `;echo \${#v}${rest}`.length);
    const { stdout, stderr, exitCode } = await session.run(`v='${word}';echo \${#v}${rest}`);
    expect([text(stdout), text(stderr), exitCode]).toEqual([`${word.length}\n0\n`, "", 0]);
  });

  it("may hold a quote or a many-byte letter where it is cut into arguments", async () => {
    const session = await open(shell);
    const word = "'ż".repeat(60_000);
    const { stdout } = await session.run(`cat <<'X'\n${word}\nX`);
    expect(text(stdout) === `${word}\n`).toBe(true);
  });

  it("over a megabyte is refused, and the session goes on", async () => {
    const session = await open(shell);
    await expect(session.run("x".repeat(1024 * 1024 + 1))).rejects.toMatchObject({ code: "too-large" });
    expect(text((await session.run("echo on")).stdout)).toBe("on\n");
  });
});

describe("output over a cap", () => {
  it("of one command is thrown away and told, and the next answer is whole", async () => {
    const session = await open("/bin/sh", { limits: { commandBytes: 1000 } });
    const [large, next] = await Promise.all([
      session.run("head -c 5000000 /dev/zero; exit 3"),
      session.run("echo next"),
    ]);
    expect([large.stdout.length, large.truncated, large.exitCode]).toEqual([1000, true, 3]);
    expect([text(next.stdout), next.truncated]).toEqual(["next\n", false]);
  });

  it("of exactly the cap is whole", async () => {
    const session = await open("/bin/sh", { limits: { commandBytes: 1000 } });
    const { stdout, truncated } = await session.run("head -c 1000 /dev/zero");
    expect([stdout.length, truncated]).toEqual([1000, false]);
  });

  it("of the session ends it as too-large", async () => {
    const session = await open("/bin/sh", { limits: { sessionBytes: 100_000 } });
    await expect(session.run("head -c 5000000 /dev/zero")).rejects.toMatchObject({ code: "too-large" });
    await expect(session.run("true")).rejects.toMatchObject({ code: "too-large" });
  });
});

describe("a session that nobody uses", () => {
  it("sends a no-op through the loop after each silence", async () => {
    const session = await open("/bin/sh", { idleMs: 20 });
    const before = session.traffic.bytesOut;
    await vi.waitUntil(() => session.traffic.bytesOut > before + 100, patience);
    expect(text((await session.run("echo on")).stdout)).toBe("on\n");
  });

  it("finds out that its shell is gone", async () => {
    const session = await open("/bin/sh", { idleMs: 20 });
    await session.run("kill -9 $PPID").catch(() => undefined);
    await vi.waitUntil(() => !session.open, patience);
  });
});

describe("fifty callers of one session", () => {
  it("each get their own answers", async () => {
    const session = await open("/bin/sh");
    const caller = async (name: number) => {
      for (let turn = 0; turn < 10; turn += 1) {
        const { stdout, stderr } = await session.run(`echo ${name}.${turn}; echo e${name}.${turn} >&2`);
        expect([text(stdout), text(stderr)]).toEqual([`${name}.${turn}\n`, `e${name}.${turn}\n`]);
      }
    };
    await Promise.all(Array.from({ length: 50 }, (_, name) => caller(name)));
  });
});
