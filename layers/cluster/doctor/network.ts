import type { Duplex } from "node:stream";
import type { Connection } from "../connection.ts";
import type { Credentials } from "./credentials.ts";
import { addressesOf, dnsFault, type Host, hostOf } from "./dns.ts";
import { type FirstAnswer, firstAnswer } from "./first-answer.ts";
import { HopFault, type Walk } from "./hops.ts";
import { connectAny, silentFault } from "./tcp.ts";
import { handshake, type Secured } from "./tls.ts";
import { openTunnel, socksTunnel } from "./tunnel.ts";

export interface Network {
  readonly secured: Secured;
  readonly answer: FirstAnswer;
  readonly warnings: readonly string[];
}

const hopMs = 3_000;

/**
 * DNS, TCP, the proxy's CONNECT and TLS, each over sockets of its own: nothing is guessed from the text of an error.
 * `limit` caps a hop's time by what the whole walk has left.
 */
export async function walkNetwork(
  walk: Walk,
  { server, proxy }: Connection,
  { options }: Credentials,
  now: () => number,
  limit: (mostMs: number) => number,
): Promise<Network> {
  const api = hostOf(server, false);
  const first = proxy === undefined ? api : hostOf(proxy, true);
  const addresses = await walk.take("dns", {
    limitMs: limit(hopMs),
    late: (seconds) => dnsFault(first, `the resolver gave no answer within ${seconds} s`),
    act: (signal) => addressesOf(first, signal),
    found: (all) => (all[0] === first.name ? `${first.name} is an address` : `${first.name} is ${all.join(", ")}`),
  });
  const tcp = await walk.take("tcp", {
    limitMs: limit(hopMs),
    late: (seconds) => silentFault(first, addresses, seconds),
    act: (signal) => connectAny(first, addresses, signal),
    found: ({ address }) => `${first.isProxy ? "proxy " : ""}${address} port ${first.port} accepts`,
  });
  let way: Duplex = tcp.socket;
  try {
    if (proxy === undefined) walk.skip("proxy", "no proxy: the way is direct");
    else way = await throughProxy(walk, tcp.socket, proxy, api, options, limit(hopMs));
    const { secured, answer } = await walk.take("tls", {
      limitMs: limit(hopMs),
      late: (seconds) => silentTls(api, seconds),
      act: async () => {
        const secured = await handshake(way, api, options, now());
        way = secured.socket;
        return { secured, answer: await firstAnswer(secured.socket, server, now) };
      },
      found: ({ secured: { protocol, certificate, verified } }) =>
        `${protocol}, certificate ${verified ? "verified" : "NOT VERIFIED"}, until ${day(certificate.valid_to)}`,
    });
    const dead = tcp.dead.length === 0 ? [] : [`of ${first.name}, ${tcp.dead.join(", ")} does not answer`];
    return { secured, answer, warnings: dead };
  } finally {
    way.destroy();
    tcp.socket.destroy();
  }
}

async function throughProxy(
  walk: Walk,
  socket: Parameters<typeof openTunnel>[0],
  proxy: URL,
  api: Host,
  options: Credentials["options"],
  limitMs: number,
): Promise<Duplex> {
  const socks = proxy.protocol.startsWith("socks");
  return walk.take("proxy", {
    limitMs,
    late: (seconds) => new HopFault("proxy", `${proxy.host} gave no answer to CONNECT within ${seconds} s`),
    act: () => (socks ? socksTunnel(options, proxy, api) : openTunnel(socket, proxy, api)),
    found: () => `${proxy.host} gives a tunnel to ${api.name}:${api.port}`,
  });
}

function silentTls(api: Host, seconds: string): HopFault {
  const message = `${api.name}:${api.port} accepts connections, and then is silent for ${seconds} s: no TLS, no answer`;
  const advice =
    "Something answers in the API server's place (a load balancer without targets, a firewall), or the server hangs: look there.";
  return new HopFault("timeout", message, advice);
}

const day = (date: string) => new Date(date).toISOString().slice(0, 10);
