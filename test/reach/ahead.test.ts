import { KubeConfig } from "@kubernetes/client-node";
import { afterAll, describe, expect, it } from "vitest";
import { connect } from "#cluster/connection.ts";
import type { Target } from "#contract/target.ts";
import { wasNeverSent } from "#reach/loss.ts";
import { openShell } from "#reach/open-shell.ts";
import { stdinOf } from "#test/faults/recording.ts";
import { type Script, startPeer, upgrade } from "#test/faults/scripted-peer.ts";
import { headEnd, opcodes, writeFrame } from "#test/faults/wire.ts";

const target: Target = {
  ...{ cluster: "demo", namespace: "demo", pod: "p", podUid: "u", container: "c", containerId: "i", restartCount: 0 },
  ...{ image: "", imageDigest: "", node: "", os: "linux", workload: { kind: "Pod", name: "p" } },
};
const open: { close(): unknown }[] = [];
afterAll(() => Promise.all(open.map((each) => each.close())));

/** A connection to an API server that upgrades each exec, and answers nothing before a whole batch has arrived. */
async function silentUntil(batch: readonly string[], then: (shell: string) => Buffer) {
  const flights: { shell: string; stdin: string }[] = [];
  const script: Script = (socket, head) => {
    const shell = new URL(head.split(" ")[1] ?? "", "https://peer").searchParams.get("command") ?? "";
    let received = Buffer.from(head.slice(0, headEnd(Buffer.from(head))), "latin1");
    let answered = false;
    socket.write(upgrade(head));
    socket.on("data", (bytes: Buffer) => {
      received = Buffer.concat([received, bytes]);
      const stdin = stdinOf(received).toString();
      if (answered || !batch.every((command) => stdin.includes(command))) return;
      answered = true;
      flights.push({ shell, stdin });
      socket.end(then(shell));
    });
  };
  const peer = await startPeer(script);
  const config = new KubeConfig();
  const caData = Buffer.from(peer.ca).toString("base64");
  config.loadFromClusterAndUser(
    { name: "p", server: peer.server, caData, skipTLSVerify: false },
    { name: "u", token: "t" },
  );
  const connection = connect("demo", config);
  open.push(connection, peer);
  return { connection, flights };
}

const refused = (message: string) =>
  writeFrame(
    opcodes.binary,
    Buffer.concat([
      Buffer.of(3),
      Buffer.from(JSON.stringify({ status: "Failure", reason: "InternalError", message, code: 500 })),
    ]),
  );
const closed = writeFrame(opcodes.close, Buffer.of(0x03, 0xe8));

describe("commands that are run ahead of the greeting", () => {
  const batch = Array.from({ length: 40 }, (_, index) => `echo ahead ${index}`);

  it("travel with it in the first flight, once for each candidate shell, and never ran where none was", async () => {
    const missing = refused('exec: "/bin/sh": no such file or directory');
    const { connection, flights } = await silentUntil(batch, () => Buffer.concat([missing, closed]));
    const answers: Promise<unknown>[] = [];
    const opening = openShell(connection, target, {
      signal: AbortSignal.timeout(20_000),
      ahead: (session) =>
        answers.push(
          ...[...batch, "echo $PPID"].map((command) => session.run(command).catch((error: unknown) => error)),
        ),
    });
    await expect(opening).rejects.toMatchObject({ code: "no-shell" });
    expect(flights.map(({ shell }) => shell)).toEqual(["/bin/sh", "/busybox/sh", "/bin/bash", "sh", "/bin/busybox"]);
    expect(answers.length).toBe((batch.length + 1) * flights.length);
    for (const error of await Promise.all(answers)) {
      expect(error).toMatchObject({ code: "connection-lost" });
      expect(wasNeverSent(error)).toBe(true);
    }
  });

  it("may have run when the stream broke before the greeting was answered", async () => {
    const { connection } = await silentUntil(batch, () => Buffer.alloc(0));
    const answers: Promise<unknown>[] = [];
    const opening = openShell(connection, target, {
      signal: AbortSignal.timeout(20_000),
      ahead: (session) =>
        answers.push(...batch.map((command) => session.run(command).catch((error: unknown) => error))),
    });
    await expect(opening).rejects.toMatchObject({ code: "connection-lost" });
    expect((await Promise.all(answers)).map(wasNeverSent)).toEqual(batch.map(() => false));
  });
});
