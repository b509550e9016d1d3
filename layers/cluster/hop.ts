import { ScanError } from "#contract/errors.ts";
import type { ReasonCode } from "#contract/reasons.ts";

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
 * Says at which hop a connection failed: dns, tcp, tls or proxy, as a ScanError that names the server.
 * An error without a known code is `connection-lost`.
 */
export function hopFailure(error: unknown, server: URL): ScanError {
  if (error instanceof ScanError) return error;
  const { code = "", message = String(error) } = error as { code?: string; message?: string }; // Node's system errors
  const reason = hopOf(code, message);
  const text = `${server.host}: ${words[reason] ?? "the connection failed"} (${[code, message].filter(Boolean).join(": ")})`;
  return new ScanError(reason, text, { cause: error });
}

function hopOf(code: string, message: string): ReasonCode {
  if (/proxy/i.test(message)) return "proxy";
  if (code.startsWith("CERT_") || code.startsWith("ERR_TLS_") || code.startsWith("ERR_SSL_")) return "tls";
  return byCode[code] ?? "connection-lost";
}
