import { connect, type Socket } from "node:net";
import type { Host } from "./dns.ts";
import { HopFault } from "./hops.ts";

export interface Connected {
  readonly socket: Socket;
  readonly address: string;
  /** Addresses of the same name that refused, or did not answer in time. */
  readonly dead: readonly string[];
}

/** How long the other addresses may take once one has answered. */
const graceMs = 500;

/** Connects to every address at once. Gives the first that answers, and names those that do not. */
export async function connectAny(host: Host, addresses: readonly string[], signal: AbortSignal): Promise<Connected> {
  const dead = new Set(addresses);
  const over = new AbortController();
  const attempts = addresses.map(async (address) => {
    const socket = await attempt(address, host.port, AbortSignal.any([signal, over.signal]));
    dead.delete(address);
    return { address, socket };
  });
  let first: Awaited<(typeof attempts)[number]>;
  try {
    first = await Promise.any(attempts);
  } catch (error) {
    const errors: readonly unknown[] = error instanceof AggregateError ? error.errors : [error];
    throw tcpFault(host, addresses, errors);
  }
  const grace = setTimeout(() => over.abort(), graceMs);
  for (const end of await Promise.allSettled(attempts)) {
    if (end.status === "fulfilled" && end.value.socket !== first.socket) end.value.socket.destroy();
  }
  clearTimeout(grace);
  return { ...first, dead: [...dead] };
}

function attempt(host: string, port: number, signal: AbortSignal): Promise<Socket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ host, port, noDelay: true });
    const stop = () => {
      socket.destroy();
      reject(signal.reason);
    };
    signal.addEventListener("abort", stop, { once: true });
    socket.once("connect", () => {
      signal.removeEventListener("abort", stop);
      // A peer that resets between two hops is told by the next one.
      socket.on("error", () => undefined);
      resolve(socket);
    });
    socket.once("error", reject);
  });
}

/** Nobody was reached: refused is another fault than silence, and no route another still. */
function tcpFault(host: Host, addresses: readonly string[], errors: readonly unknown[]): HopFault {
  const codes = errors.map((error) => (error as { code?: string }).code ?? ""); // Node's system errors
  const where = `${addresses.join(", ")} port ${host.port}`;
  const reason = host.isProxy ? "proxy" : "tcp";
  const cause = errors[0];
  if (codes.length > 0 && codes.every((code) => code === "ECONNREFUSED")) {
    const advice = "Correct host and port; where they are right, a firewall answers in the server's place.";
    return new HopFault(reason, `${where}: connection refused: nothing listens there`, advice, cause);
  }
  if (codes.some((code) => code === "ENETUNREACH" || code === "EHOSTUNREACH")) {
    const advice = "This machine knows no way there: bring up the VPN, or add the route.";
    return new HopFault(reason, `${where}: no route (${codes.join(", ")})`, advice, cause);
  }
  return new HopFault(reason, `${where}: no TCP connection (${codes.join(", ")})`, undefined, cause);
}

/** Silence: packets are dropped on the way there or back. */
export function silentFault(host: Host, addresses: readonly string[], seconds: string): HopFault {
  const message = `${addresses.join(", ")} port ${host.port}: no answer within ${seconds} s: packets are dropped on the way`;
  const advice =
    "Check VPN, routes and security groups: the rule for this port must let in the network that muster runs in, and answers must find their way back.";
  return new HopFault(host.isProxy ? "proxy" : "tcp", message, advice);
}
