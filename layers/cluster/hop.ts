import { ScanError } from "#contract/errors.ts";
import type { ReasonCode } from "#contract/reasons.ts";

/** Where a connection was to go: the API server, by way of a proxy where the kubeconfig names one. */
export interface Route {
  readonly server: URL;
  readonly proxy?: URL | undefined;
}

const byCode: Readonly<Record<string, ReasonCode>> = {
  ENOTFOUND: "dns",
  EAI_AGAIN: "dns",
  EAI_NODATA: "dns",
  ECONNREFUSED: "tcp",
  ECONNRESET: "tcp",
  EHOSTUNREACH: "tcp",
  ENETUNREACH: "tcp",
  EPIPE: "tcp",
  ETIMEDOUT: "tcp",
  EPROTO: "tls",
  HOSTNAME_MISMATCH: "tls",
  DEPTH_ZERO_SELF_SIGNED_CERT: "tls",
  SELF_SIGNED_CERT_IN_CHAIN: "tls",
  UNABLE_TO_GET_ISSUER_CERT: "tls",
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: "tls",
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: "tls",
};

const words: Partial<Record<ReasonCode, string>> = {
  dns: "its name does not resolve",
  tcp: "no TCP connection",
  tls: "TLS failed",
  proxy: "the proxy refused or failed",
};

/**
 * Says at which hop a connection failed: dns, tcp, tls or proxy, as a ScanError that names the host. Behind a proxy only
 * TLS reaches the server, so every other failure is the proxy's. An error without a known code is `connection-lost`.
 */
export function hopFailure(error: unknown, route: Route): ScanError {
  if (error instanceof ScanError) return error;
  const { code = "", message = String(error) } = error as { code?: string; message?: string }; // Node's system errors
  const direct = hopOf(code);
  const reason = route.proxy !== undefined && direct !== "tls" ? "proxy" : direct;
  const host = reason === "proxy" ? `${route.server.host} by way of ${route.proxy?.host}` : route.server.host;
  const text = `${host}: ${words[reason] ?? "the connection failed"} (${[code, message].filter(Boolean).join(": ")})`;
  return new ScanError(reason, text, { cause: error });
}

function hopOf(code: string): ReasonCode {
  if (code.startsWith("CERT_") || code.startsWith("ERR_TLS_") || code.startsWith("ERR_SSL_")) return "tls";
  return byCode[code] ?? "connection-lost";
}
