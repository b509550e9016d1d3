import { execFile } from "node:child_process";
import { isIP } from "node:net";
import { promisify } from "node:util";
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

/**
 * All addresses of a host, as the connection itself will look them up (getaddrinfo). A process of its own asks: nothing
 * stops a getaddrinfo that waits for a dead resolver, and Node does not exit before it is through (150 s seen).
 */
export async function addressesOf(host: Host, signal: AbortSignal): Promise<readonly string[]> {
  if (isIP(host.name) !== 0) return [host.name];
  const { NODE_OPTIONS: _not, ...env } = process.env;
  const options = { env, signal, killSignal: "SIGKILL" } as const;
  const { stdout } = await promisify(execFile)(process.execPath, ["-e", lookUp, host.name], options);
  const answer = JSON.parse(stdout) as { readonly code?: string; readonly addresses?: readonly string[] }; // see lookUp
  if (answer.addresses !== undefined) return answer.addresses;
  const said = answer.code === "EAI_AGAIN" ? "the resolver gave no answer" : "no such name in this network";
  throw dnsFault(host, `${said} (${answer.code})`);
}

const lookUp = `require("node:dns").lookup(process.argv[1], { all: true }, (error, all) =>
  process.stdout.write(JSON.stringify(error ? { code: error.code } : { addresses: [...new Set(all.map((each) => each.address))] })))`;

/** A name that was not resolved, and where such a name is known. */
export function dnsFault(host: Host, why: string): HopFault {
  const message = `${host.name} does not resolve: ${why}`;
  if (host.isProxy) return new HopFault("proxy", message, "Correct proxy-url, or the resolver of this network.");
  const eks = host.name.endsWith(".eks.amazonaws.com");
  const advice = eks
    ? "A private EKS endpoint resolves only inside its VPC: use that VPC's resolver (Route 53 inbound endpoint over the VPN), or open the public endpoint to this network."
    : undefined;
  return new HopFault("dns", message, advice);
}
