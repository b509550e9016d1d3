import { lookup } from "node:dns/promises";
import { isIP } from "node:net";
import { HopFault } from "./hops.ts";

/** A host on the way: the API server, or the proxy in front of it. */
export interface Host {
  readonly name: string;
  readonly port: number;
  /** The reason under which its failures go: everything up to a proxy is the proxy's. */
  readonly isProxy: boolean;
}

/** The host and port that a URL means; IPv6 without its brackets. */
export function hostOf(url: URL, isProxy: boolean): Host {
  const port = Number(url.port) || (url.protocol === "http:" ? 80 : url.protocol.startsWith("socks") ? 1080 : 443);
  return { name: url.hostname.replace(/^\[|\]$/g, ""), port, isProxy };
}

/** All addresses of a host, as the connection itself will look them up (getaddrinfo). */
export async function addressesOf(host: Host): Promise<readonly string[]> {
  if (isIP(host.name) !== 0) return [host.name];
  try {
    return [...new Set((await lookup(host.name, { all: true })).map(({ address }) => address))];
  } catch (error) {
    const { code = "" } = error as { code?: string }; // Node's system errors
    const said = code === "EAI_AGAIN" ? "the resolver gave no answer" : "no such name in this network";
    throw dnsFault(host, `${said} (${code})`, error);
  }
}

/** A name that was not resolved, and where such a name is known. */
export function dnsFault(host: Host, why: string, cause?: unknown): HopFault {
  const message = `${host.name} does not resolve: ${why}`;
  if (host.isProxy) return new HopFault("proxy", message, "Correct proxy-url, or the resolver of this network.", cause);
  const eks = host.name.endsWith(".eks.amazonaws.com");
  const advice = eks
    ? "A private EKS endpoint resolves only inside its VPC: use that VPC's resolver (Route 53 inbound endpoint over the VPN), or open the public endpoint to this network."
    : undefined;
  return new HopFault("dns", message, advice, cause);
}
