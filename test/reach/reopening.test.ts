import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it, vi } from "vitest";
import { ReopeningShell } from "#reach/reopening.ts";
import { Session } from "#reach/session.ts";
import { patience } from "#test/support/patience.ts";
import { processStream } from "#test/support/process-stream.ts";

const folder = mkdtempSync(join(tmpdir(), "muster-reopening-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A shell whose streams can be cut from outside. */
async function shell() {
  const cuts: (() => void)[] = [];
  const open = async () => {
    const session = new Session({
      shell: ["/bin/sh"],
      open: (listener) => {
        let over = false;
        const stream = processStream(["/bin/sh"])({ ...listener, end: (how) => over || listener.end(how) });
        cuts.push(() => {
          over = true;
          listener.end({ kind: "lost", message: "cut" });
          stream.destroy();
        });
        return stream;
      },
      stop: async () => undefined,
    });
    await session.greet();
    return session;
  };
  const reopening = new ReopeningShell({ first: await open(), open });
  return { reopening, cut: () => cuts.at(-1)?.() };
}

const text = (bytes: Uint8Array) => Buffer.from(bytes).toString();

describe("a shell whose stream is lost", () => {
  it("answers the next command over another stream", async () => {
    const { reopening, cut } = await shell();
    expect(text((await reopening.run("echo 1")).stdout)).toBe("1\n");
    cut();
    expect(text((await reopening.run("echo 2")).stdout)).toBe("2\n");
    expect(reopening.execStreams).toBe(2);
    await reopening.close();
  });

  it("never runs a command twice whose end is unknown", async () => {
    const { reopening, cut } = await shell();
    const trace = join(folder, "once");
    const running = reopening.run(`echo x >>${trace}; exec sleep 20`);
    const told = expect(running).rejects.toMatchObject({
      code: "connection-lost",
      message: expect.stringContaining("unknown"),
    });
    await vi.waitUntil(() => existsSync(trace) && readFileSync(trace, "utf8") === "x\n", patience);
    cut();
    await told;
    await reopening.run("echo on");
    expect(readFileSync(trace, "utf8")).toBe("x\n");
    await reopening.close();
  });

  it("runs what only looks again, and what was never sent for the first time", async () => {
    const { reopening, cut } = await shell();
    const fifo = join(folder, "fifo");
    await reopening.run(`mkfifo ${fifo}`);
    const looking = reopening.run(`cat ${fifo}`);
    const large = reopening.run(`: ${"x".repeat(40_000)}; echo sent once >>${join(folder, "sent")}; echo done`);
    await vi.waitUntil(() => reopening.traffic.stalls > 0, patience);
    cut();
    await vi.waitUntil(() => reopening.execStreams === 2, patience);
    const writer = new Session({ shell: ["/bin/sh"], open: processStream(["/bin/sh"]), stop: async () => undefined });
    await writer.greet();
    await writer.run(`echo through >${fifo}`);
    expect(text((await looking).stdout)).toBe("through\n");
    expect(text((await large).stdout)).toBe("done\n");
    expect(readFileSync(join(folder, "sent"), "utf8")).toBe("sent once\n");
    await writer.close();
    await reopening.close();
  });

  it("goes on in another session after each command that left a writer behind, and takes none for a loss", async () => {
    const { reopening } = await shell();
    const order = join(folder, "order");
    const gate = join(folder, "gate");
    const commands = Array.from({ length: 15 }, (_, index) =>
      index % 3 === 1
        ? `echo ${index} >>${order};(while [ ! -e ${gate} ];do sleep 0.01;done;echo late ${index}) & echo now`
        : `echo ${index} >>${order};echo ${index}`,
    );
    const running = Promise.all(commands.map((command) => reopening.run(command)));
    await vi.waitUntil(() => reopening.execStreams === 6, patience);
    writeFileSync(gate, "");
    const said = (await running).map(({ stdout }) => text(stdout));
    expect(said).toEqual(commands.map((_, index) => (index % 3 === 1 ? `now\nlate ${index}\n` : `${index}\n`)));
    expect(readFileSync(order, "utf8")).toBe(commands.map((_, index) => `${index}\n`).join(""));
    await reopening.close();
  });

  it("gives up after a few streams", async () => {
    const { reopening, cut } = await shell();
    for (let turn = 0; turn < 3; turn += 1) {
      await reopening.run("true");
      cut();
    }
    await reopening.run("true");
    cut();
    await expect(reopening.run("true")).rejects.toMatchObject({
      code: "connection-lost",
      message: expect.stringContaining("4 times"),
    });
  });
});
