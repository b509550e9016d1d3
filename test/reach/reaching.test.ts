import { describe, expect, it, vi } from "vitest";
import { reachesPast } from "#reach/reaching.ts";
import { Session } from "#reach/session.ts";
import { oneExec } from "#test/support/one-exec.ts";
import { processStream } from "#test/support/process-stream.ts";

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
