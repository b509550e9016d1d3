import type { Agent } from "node:http";
import { BlockList, isIP } from "node:net";
import { ScanError } from "#contract/errors.ts";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The proxy that kubectl would take for a server: HTTPS_PROXY, unless NO_PROXY names the host. Entries of NO_PROXY are
 * hosts, domains (with or without a leading dot), addresses, CIDRs, or `*`; a port must match where one is given.
 * The proxy may be given without a scheme, as to curl. One that is none is `bad-request`.
 */
export function proxyFromEnvironment(server: URL, env: Environment): string | undefined {
  const proxy = env.HTTPS_PROXY ?? env.https_proxy;
  if (!proxy) return undefined;
  const exempt = (env.NO_PROXY ?? env.no_proxy ?? "").split(",").map((entry) => entry.trim().toLowerCase());
  if (exempt.some((entry) => entry !== "" && covers(entry, server))) return undefined;
  const url = proxy.includes("://") ? proxy : `http://${proxy}`;
  if (isProxyUrl(url)) return url;
  throw new ScanError("bad-request", "HTTPS_PROXY: must be an http://, https:// or socks5:// URL, or HOST:PORT");
}

export const isProxyUrl = (text: string) =>
  URL.canParse(text) && /^(https?|socks\w*):$/.test(new URL(text).protocol) && new URL(text).hostname !== "";

/** Whether an agent leads through a proxy; the other one is a pool of sockets. */
export const isProxy = (agent: Agent | boolean | undefined): agent is Agent =>
  typeof agent === "object" && "proxy" in agent;

function covers(entry: string, server: URL): boolean {
  if (entry === "*") return true;
  const host = server.hostname.replace(/^\[|\]$/g, "").toLowerCase();
  if (entry.includes("/")) return inNetwork(host, entry);
  const [, name = "", port] = /^\[?(.*?)\]?(?::(\d+))?$/.exec(isIP(entry) === 6 ? `[${entry}]` : entry) ?? [];
  if (port !== undefined && port !== (server.port || "443")) return false;
  const domain = name.replace(/^\*?\./, "");
  return host === domain || (isIP(host) === 0 && host.endsWith(`.${domain}`));
}

function inNetwork(host: string, cidr: string): boolean {
  const [network = "", bits = ""] = cidr.split("/");
  if (isIP(host) === 0 || isIP(host) !== isIP(network)) return false;
  const list = new BlockList();
  const family = isIP(network) === 6 ? "ipv6" : "ipv4";
  try {
    list.addSubnet(network, Number(bits), family);
  } catch {
    return false; // an entry that is no network covers nothing
  }
  return list.check(host, family);
}
