import { EventEmitter } from "node:events";
import type { RequestOptions } from "node:https";
import type { Socket } from "node:net";
import type { Duplex } from "node:stream";
import { connect as connectTls } from "node:tls";
import type { Host } from "./dns.ts";
import { HopFault } from "./hops.ts";

const largestHeadBytes = 16 * 1024;

/** Asks a proxy for a tunnel to the server (HTTP CONNECT, RFC 9110 §9.3.6), over TLS where its URL says https. */
export async function openTunnel(socket: Socket, proxy: URL, server: Host): Promise<Duplex> {
  const way = proxy.protocol === "https:" ? await secured(socket, proxy) : socket;
  const target = `${server.name.includes(":") ? `[${server.name}]` : server.name}:${server.port}`;
  const password = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  const login = proxy.username ? `Proxy-Authorization: Basic ${Buffer.from(password).toString("base64")}\r\n` : "";
  way.write(`CONNECT ${target} HTTP/1.1\r\nHost: ${target}\r\n${login}\r\n`);
  const { statusLine, rest } = await headOf(way, proxy);
  const status = Number(/^HTTP\/1\.[01] (\d{3})/.exec(statusLine)?.[1] ?? Number.NaN);
  if (status >= 200 && status < 300) {
    if (rest.length > 0) way.unshift(rest);
    return way;
  }
  throw refusal(status, statusLine, proxy, target);
}

function refusal(status: number, statusLine: string, proxy: URL, target: string): HopFault {
  const said = `${proxy.host} answers "${statusLine.replaceAll(/[^\x20-\x7e]/g, " ").slice(0, 200)}"`;
  if (Number.isNaN(status)) {
    return new HopFault("proxy", `${said}: that is no HTTP proxy`, "Correct proxy-url: scheme, host and port.");
  }
  if (status === 407) {
    const advice = proxy.username
      ? "Correct user and password in proxy-url."
      : "Put a user and a password into proxy-url.";
    return new HopFault("proxy", `${said}: it wants a login${proxy.username ? " and did not take ours" : ""}`, advice);
  }
  if (status === 403 || status === 405) {
    const advice = `Let the proxy allow CONNECT to ${target}, or exempt the server with NO_PROXY.`;
    return new HopFault("proxy", `${said}: it does not allow a tunnel to ${target}`, advice);
  }
  const advice = `The proxy itself could not reach ${target}: look at its resolver, routes and log.`;
  return new HopFault("proxy", `${said}: no tunnel to ${target}`, advice);
}

function headOf(way: Duplex, proxy: URL): Promise<{ readonly statusLine: string; readonly rest: Buffer }> {
  return new Promise((resolve, reject) => {
    let seen: Buffer = Buffer.alloc(0);
    const broken = (why: string, cause?: unknown) =>
      reject(new HopFault("proxy", `${proxy.host}: ${why}`, "Correct proxy-url; look at the proxy's log.", cause));
    const read = (chunk: Buffer) => {
      seen = Buffer.concat([seen, chunk]);
      const end = seen.indexOf("\r\n\r\n");
      if (end < 0 && seen.length <= largestHeadBytes) return;
      way.off("data", read);
      way.pause();
      const statusLine = seen.toString("latin1").split("\r\n")[0] ?? "";
      resolve({ statusLine, rest: end < 0 ? Buffer.alloc(0) : seen.subarray(end + 4) });
    };
    way.on("data", read);
    way.once("error", (error) => broken(`the connection failed (${error.message})`, error));
    way.once("close", () => broken("it closed the connection without an answer"));
  });
}

function secured(socket: Socket, proxy: URL): Promise<Duplex> {
  return new Promise((resolve, reject) => {
    const secure = connectTls({ socket, servername: proxy.hostname }, () => resolve(secure));
    secure.once("error", (error) => {
      const message = `${proxy.host}: TLS to the proxy failed (${error.message})`;
      reject(new HopFault("proxy", message, "Correct proxy-url; the proxy's CA must be known here.", error));
    });
  });
}

interface Tunnels {
  connect(request: object, options: object): Promise<Duplex>;
}

/** A SOCKS proxy is left to the library that scans use: its agent gives the tunnel. */
export async function socksTunnel(options: RequestOptions, proxy: URL, server: Host): Promise<Duplex> {
  const { agent } = options;
  if (!givesTunnels(agent)) throw new HopFault("proxy", `${proxy.host}: no way to speak ${proxy.protocol}//`);
  try {
    // Instead of the request that the agent would serve: it tells that of its socket, or ends it.
    const request = Object.assign(new EventEmitter(), { destroy() {} });
    return await agent.connect(request, { host: server.name, port: server.port, secureEndpoint: false });
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new HopFault("proxy", `${proxy.host}: no tunnel to ${server.name}:${server.port} (${why})`, undefined, error);
  }
}

function givesTunnels(agent: unknown): agent is Tunnels {
  return typeof agent === "object" && agent !== null && "connect" in agent && typeof agent.connect === "function";
}
