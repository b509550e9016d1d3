import { createHash } from "node:crypto";
import { type Duplex, duplexPair } from "node:stream";
import { WebSocket } from "ws";
import { ExecChannel } from "#cluster/exec/channel.ts";
import { Session } from "#reach/session.ts";
import { type Told, told } from "./answers.ts";
import { marksIn, type Recording, stdinOf } from "./recording.ts";
import { headEnd, readFrames } from "./wire.ts";

/** What the server's side does with its bytes, and what comes after the last one. */
export interface Plan {
  /** The pieces in which a stretch of the server's bytes is written; it begins at this offset of the recording. */
  readonly pieces: (bytes: Buffer, from: number) => readonly Uint8Array[];
  /** The offset of the recording at which the server has nothing more to say. Default: its end. */
  readonly stopAt?: number;
  /** `stay`: the stream stays open, as after the recording. `end`: orderly end. `destroy`: it breaks. */
  readonly after: "stay" | "end" | "destroy";
  /** The session's own clock, where it is to be odd. */
  readonly now?: () => number;
}

/** Plays a recording against a new session, all in memory; gives what each command was told. */
export async function replay(recording: Recording, plan: Plan): Promise<readonly Told[]> {
  const [clientSide, serverSide] = duplexPair();
  void serve(recording, plan, serverSide, clientSide);
  const socket = new WebSocket("ws://replay/exec", ["v5.channel.k8s.io", "v4.channel.k8s.io"], {
    createConnection: () => clientSide,
    perMessageDeflate: false,
    maxPayload: 1024 * 1024,
  });
  try {
    await opened(socket);
  } catch (error) {
    serverSide.destroy();
    // Below the handshake there is no session yet, and so nothing that could be answered.
    return [{ kind: "typed", code: "handshake", message: String(error) }];
  }
  const session = new Session({
    shell: ["/bin/sh"],
    open: (listener) => new ExecChannel(socket, listener),
    stop: async () => undefined,
    ...(plan.now && { now: plan.now }),
  });
  const greeted = await session.greet().then(
    () => true,
    () => false,
  );
  const said = greeted ? await told(recording.commands.map((command) => session.run(command))) : [];
  await session.close();
  serverSide.destroy();
  return said;
}

async function opened(socket: WebSocket): Promise<void> {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  socket.once("open", () => {
    socket.pause();
    resolve();
  });
  socket.on("error", reject);
  socket.once("close", () => reject(new Error("closed before it opened")));
  await promise;
}

/** The recorded server, with the marks of this session in place of the recorded ones: they have the same length. */
async function serve(recording: Recording, plan: Plan, side: Duplex, peer: Duplex): Promise<void> {
  let received = Buffer.alloc(0);
  let gone = false;
  let wake: () => void = () => undefined;
  side.on("data", (bytes: Buffer) => {
    received = Buffer.concat([received, bytes]);
    wake();
  });
  side.once("close", () => {
    gone = true;
    wake();
  });
  side.on("error", () => undefined);
  const until = async (met: () => boolean): Promise<void> => {
    while (!met() && !gone) {
      await new Promise<void>((resolve) => {
        wake = resolve;
      });
    }
  };
  const stopAt = plan.stopAt ?? recording.server.length;
  const play = async (bytes: Buffer, from: number): Promise<boolean> => {
    for (const piece of plan.pieces(bytes, from)) {
      if (gone) return true;
      side.write(piece);
      await new Promise((resolve) => setImmediate(resolve));
    }
    if (stopAt > from + bytes.length) return false;
    if (plan.after === "end") side.end();
    if (plan.after === "destroy") peer.destroy(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    return true;
  };

  const { server, greetingEnd } = recording;
  await until(() => headEnd(received) > 0);
  const upgradeEnd = headEnd(server);
  const upgrade = Buffer.from(
    server
      .subarray(0, upgradeEnd)
      .toString("latin1")
      .replace(acceptPattern, `$1${acceptFor(received)}`),
    "latin1",
  );
  const greetingBegin = readFrames(server, upgradeEnd).find(({ payload }) => payload.length > 1)?.start ?? upgradeEnd;
  if (await play(Buffer.concat([upgrade, server.subarray(upgradeEnd, greetingBegin)]), 0)) return;
  const live = () => marksIn(stdinOf(received));
  await until(() => live().length >= 2);
  if (await play(withMarks(server.subarray(greetingBegin, greetingEnd), recording.marks, live()), greetingBegin))
    return;
  await until(() => live().length >= recording.marks.length);
  await play(withMarks(server.subarray(greetingEnd), recording.marks, live()), greetingEnd);
}

const acceptPattern = /(sec-websocket-accept: )\S+/i;

/** RFC 6455 §4.2.2: the server proves that it read the key. */
function acceptFor(request: Buffer): string {
  const key = /sec-websocket-key: (\S+)/i.exec(request.toString("latin1"))?.[1] ?? "";
  return createHash("sha1").update(`${key}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
}

function withMarks(bytes: Buffer, recorded: Recording["marks"], live: Recording["marks"]): Buffer {
  let text = bytes.toString("latin1");
  recorded.forEach(({ mark }, index) => {
    text = text.replaceAll(mark, live[index]?.mark ?? mark);
  });
  return Buffer.from(text, "latin1");
}
