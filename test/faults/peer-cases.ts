import { connect } from "#cluster/connection.ts";
import { ownKubeconfig } from "#cluster/kubeconfig.ts";
import { ScanError } from "#contract/errors.ts";
import { openShell } from "#reach/open-shell.ts";
import type { FaultCase, FaultContext, Tried } from "./fault-case.ts";
import { endings } from "./plans.ts";
import { answer, type Peer, type Script, startPeer, startSilence, upgrade } from "./scripted-peer.ts";
import { opcodes, writeFrame } from "./wire.ts";
import { redirected, type World } from "./world.ts";

const shortly = 400;
const data = (channel: number, text: string) =>
  writeFrame(opcodes.binary, Buffer.concat([Uint8Array.of(channel), Buffer.from(text)]));
const failure = (reason: string, message: string) =>
  data(3, JSON.stringify({ status: "Failure", reason, message, code: 500 }));

/** Peers that fall silent: only a deadline ends the waiting. */
const silent: Readonly<Record<string, Script>> = {
  "never answers the request": () => undefined,
  "answers half a status line": (socket) => void socket.write("HTTP/1.1 10"),
  "upgrades and never greets": (socket, head) => void socket.write(upgrade(head)),
  "upgrades, accepts and never greets": (socket, head) =>
    void socket.write(Buffer.concat([Buffer.from(upgrade(head)), writeFrame(opcodes.binary, Uint8Array.of(1))])),
  "upgrades and stops reading": (socket, head) => {
    socket.write(upgrade(head));
    socket.pause();
  },
  "sends half a frame": (socket, head) =>
    void socket.write(Buffer.concat([Buffer.from(upgrade(head)), Buffer.of(0x82, 20, 1, 65)])),
  "pings for ever and says nothing": (socket, head) => {
    socket.write(upgrade(head));
    const timer = setInterval(() => socket.write(writeFrame(opcodes.ping, new Uint8Array())), 20);
    socket.once("close", () => clearInterval(timer));
  },
  "prints without end and never greets": (socket, head) => {
    socket.write(upgrade(head));
    const timer = setInterval(() => socket.write(data(1, "y\n".repeat(8_000))), 5);
    socket.once("close", () => clearInterval(timer));
  },
};

/** Peers that end it at once: no deadline is needed. */
const ending: Readonly<Record<string, Script>> = {
  "closes before it answers": (socket) => void socket.destroy(),
  "speaks no HTTP": (socket) => void socket.end("SSH-2.0-OpenSSH_9.2\r\n\r\n"),
  "refuses the token": (socket) => void socket.end(answer("401 Unauthorized", "Unauthorized")),
  "redirects elsewhere": (socket) => void socket.end(answer("302 Found", "", ["Location: https://127.0.0.1:1/"])),
  "answers 200 with a page": (socket) => void socket.end(answer("200 OK", "<html>welcome</html>")),
  "answers 404 with escape sequences": (socket) => void socket.end(answer("404 Not Found", "\u001b[2J\u0000gone")),
  "answers 400 with 10 MB": (socket) => void socket.end(answer("400 Bad Request", "x".repeat(10_000_000))),
  "refuses every sub-protocol": (socket) => void socket.end(answer("403 Forbidden", "")),
  "claims another sub-protocol": (socket, head) => void socket.end(upgrade(head, "v3.channel.k8s.io")),
  "claims a wrong accept key": (socket) => void socket.end(upgrade("Sec-WebSocket-Key: bm90IHRoaXMgb25lISE=")),
  "says a status of its own": (socket, head) =>
    void socket.end(Buffer.concat([Buffer.from(upgrade(head)), failure("InternalError", "the node is gone")])),
  "announces a message of 2 GiB": (socket, head) =>
    void socket.write(Buffer.concat([Buffer.from(upgrade(head)), Buffer.of(0x82, 127, 0, 0, 0, 0, 128, 0, 0, 0)])),
  ...Object.fromEntries(
    Object.entries(endings).map(([name, frames]): [string, Script] => [
      `upgrades, then ${name}`,
      (socket, head) => void socket.end(Buffer.concat([Buffer.from(upgrade(head)), ...frames])),
    ]),
  ),
};

/** Opens a shell there, and says what is wrong with how that ended: it has to end as a ScanError. */
async function outcome(world: World, peer: Peer, name: string, signal?: AbortSignal): Promise<readonly string[]> {
  const config = ownKubeconfig(world.cluster.kubeconfig, "muster");
  const connection = connect("peer", redirected(config, peer.server, peer.ca));
  try {
    const session = await openShell(connection, world.target, { signal: signal });
    await session.close();
    return [`${name}: a session was opened`];
  } catch (error) {
    return error instanceof ScanError ? [] : [`${name}: ended with an error without a type: ${String(error)}`];
  } finally {
    connection.close();
    await peer.close();
  }
}

async function all({ world }: FaultContext, scripts: typeof silent, signal?: () => AbortSignal): Promise<Tried> {
  const found = await Promise.all(
    Object.entries(scripts).map(async ([name, script]) => outcome(world, await startPeer(script), name, signal?.())),
  );
  return { runs: found.length, wrong: found.flat() };
}

/** Half-open and wrong peers. */
export const peerCases: readonly FaultCase[] = [
  {
    id: "silent-peers",
    what: "peers that fall silent end with the caller's deadline",
    run: async (context) => {
      const tried = await all(context, silent, () => AbortSignal.timeout(shortly));
      const tcp = await outcome(context.world, await startSilence(), "no TLS", AbortSignal.timeout(shortly));
      return { runs: tried.runs + 1, wrong: [...tried.wrong, ...tcp] };
    },
  },
  {
    id: "silent-peers-own-deadline",
    what: "peers that fall silent end without the caller's help",
    slow: true,
    run: async (context) => {
      const tcp = startSilence().then((peer) => outcome(context.world, peer, "no TLS"));
      const tried = await all(context, silent);
      return { runs: tried.runs + 1, wrong: [...tried.wrong, ...(await tcp)] };
    },
  },
  { id: "wrong-peers", what: "peers that end it at once, in every wrong way", run: (context) => all(context, ending) },
];
