import type { RequestOptions } from "node:https";
import { isIP } from "node:net";
import type { Duplex } from "node:stream";
import { checkServerIdentity, connect, type PeerCertificate, type TLSSocket } from "node:tls";
import { printable } from "../status.ts";
import type { Host } from "./dns.ts";
import { HopFault } from "./hops.ts";

export interface Secured {
  readonly socket: TLSSocket;
  readonly protocol: string;
  readonly certificate: PeerCertificate;
  /** False where the kubeconfig says insecure-skip-tls-verify. */
  readonly verified: boolean;
}

/**
 * A TLS handshake that looks at the certificate itself, so that each fault is named: validity, name, CA. Nothing but the
 * handshake is sent before it is trusted.
 */
export async function handshake(way: Duplex, server: Host, material: RequestOptions, now: number): Promise<Secured> {
  const name = material.servername || server.name;
  const { ca, cert, key, pfx, passphrase } = material;
  const given = Object.fromEntries(
    Object.entries({ ca, cert, key, pfx, passphrase }).filter(([, value]) => value != null),
  );
  const socket = await new Promise<TLSSocket>((resolve, reject) => {
    const secure = connect({
      ...given,
      ...{ socket: way, host: name, rejectUnauthorized: false, ALPNProtocols: ["http/1.1"] },
      ...(isIP(name) === 0 && { servername: name }),
    });
    secure.once("secureConnect", () => {
      secure.off("close", closed);
      resolve(secure);
    });
    const closed = () => reject(brokenOff(server, "the connection was closed"));
    secure.once("close", closed);
    secure.on("error", (error) => reject(handshakeFault(error, server)));
  });
  const certificate = socket.getPeerCertificate(true);
  const verified = material.rejectUnauthorized !== false;
  const fault = verified ? certificateFault(socket, certificate, name, now) : undefined;
  if (fault !== undefined) {
    socket.destroy();
    throw fault;
  }
  return { socket, protocol: socket.getProtocol() ?? "TLS", certificate, verified };
}

function certificateFault(
  socket: TLSSocket,
  certificate: PeerCertificate,
  name: string,
  now: number,
): HopFault | undefined {
  const from = Date.parse(certificate.valid_from);
  const until = Date.parse(certificate.valid_to);
  const day = (time: number) => new Date(time).toISOString().slice(0, 10);
  if (until < now) {
    const advice = "Renew the API server's certificate; where it is new, look at this machine's clock.";
    return new HopFault("tls", `the certificate of ${name} expired on ${day(until)}`, advice);
  }
  if (from > now) {
    const advice = "Look at this machine's clock; it is behind the certificate.";
    return new HopFault("tls", `the certificate of ${name} is not valid before ${day(from)}`, advice);
  }
  const other = checkServerIdentity(name, certificate);
  if (other !== undefined) {
    const names = printable((certificate.subjectaltname ?? "").replaceAll(/(DNS|IP Address):/g, ""));
    const advice = "Use one of these names in server, or set tls-server-name to one of them.";
    return new HopFault(
      "tls",
      `the certificate is not for ${name}; it is for ${names || "no name at all"}`,
      advice,
      other,
    );
  }
  if (socket.authorized) return undefined;
  const code = String(socket.authorizationError);
  if (code.includes("CERT_HAS_EXPIRED")) {
    return new HopFault("tls", `a CA certificate above that of ${name} has expired (${code})`, "Renew the CA.");
  }
  const issuer = printable(
    Object.entries(certificate.issuer ?? {})
      .map(([key, value]) => `${key}=${value}`)
      .join(", "),
  );
  const advice =
    "Put the CA that signed it into certificate-authority-data; where a proxy breaks TLS open, that is the proxy's CA.";
  return new HopFault(
    "tls",
    `no CA that is trusted here has signed the certificate of ${name} (${code}; issuer ${issuer})`,
    advice,
  );
}

function brokenOff(server: Host, how: string, cause?: unknown): HopFault {
  const advice = "Something on the way ends TLS for this name: look at firewalls and proxies that inspect it.";
  return new HopFault("tls", `${server.name}:${server.port}: ${how} during the handshake`, advice, cause);
}

function handshakeFault(error: Error & { readonly code?: string }, server: Host): HopFault {
  if (error.code === "ECONNRESET" || error.code === "EPIPE") return brokenOff(server, "the connection broke", error);
  const where = `${server.name}:${server.port}`;
  if (/WRONG_VERSION_NUMBER|PACKET_LENGTH_TOO_LONG|HTTP_REQUEST/.test(error.code ?? "")) {
    const advice = "Correct the port in server: what listens there does not speak TLS.";
    return new HopFault("tls", `${where}: what answers is not TLS (${error.code})`, advice, error);
  }
  return alertFault(error, where);
}

/** TLS 1.3 tells of a client certificate only after the handshake, so the first answer may bring this too. */
export function alertFault(error: Error & { readonly code?: string }, where: string): HopFault {
  const said = printable(error.message.replace(/^[0-9A-F]+:/, ""), 120);
  if (/ALERT_(CERTIFICATE|BAD_CERTIFICATE|UNKNOWN_CA|HANDSHAKE|.*CERT)/.test(error.code ?? "")) {
    const advice = "Give a client certificate that its CA has signed and that is still valid.";
    return new HopFault("tls", `${where} refuses our client certificate, or wants one (${error.code})`, advice, error);
  }
  return new HopFault("tls", `${where}: TLS failed (${error.code ?? said})`, undefined, error);
}
